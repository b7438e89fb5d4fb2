package org.widthbench.core.backend;

import java.util.Arrays;

/** The numbers that a computation has read back so far, in order, each reading after how many it is. */
final class ReadOuts {
    private static final int INITIAL_CAPACITY = 1 << 12;

    /** A quarter more each time: they can take most of the memory. */
    private static final long GROWTH = 4;

    private double[] values;
    private int count;
    private int read;

    ReadOuts() {
        values = new double[INITIAL_CAPACITY];
    }

    /** Those of an earlier run, to be read again. */
    ReadOuts(double[] earlier) {
        values = earlier.clone();
        count = earlier.length;
    }

    /** Remembers the first {@code n} of some numbers, and gives them back. */
    double[] add(double[] numbers, int n) {
        if (values.length - count <= n) {
            long wanted = Math.max(values.length + values.length / GROWTH, (long) count + 1 + n);
            values = Arrays.copyOf(values, Math.toIntExact(Math.min(wanted, Integer.MAX_VALUE - 8)));
        }
        values[count] = n;
        System.arraycopy(numbers, 0, values, count + 1, n);
        count += 1 + n;
        // Whatever is added now is known already.
        read = count;
        return numbers;
    }

    /** The next {@code n} of the earlier run. */
    double[] next(int n) {
        if (count - read <= n || values[read] != n) {
            throw new Checkpoint.MismatchException("it read other numbers");
        }
        read += 1 + n;
        return Arrays.copyOfRange(values, read - n, read);
    }

    double[] all() {
        return Arrays.copyOf(values, count);
    }
}

package org.widthbench.core;

import java.util.Arrays;

/**
 * A dense float64 array in row-major (C) order, as NumPy would lay it out. The array is shared, not copied: a tensor is
 * a shape put on a {@code double[]}.
 *
 * @param shape sizes per axis, all {@code >= 0}; empty for a scalar
 * @param data entries, last axis fastest
 */
public record Tensor(int[] shape, double[] data) {

    /** @throws IllegalArgumentException if a size is negative or the sizes do not multiply to the number of entries */
    public Tensor {
        if (size(shape) != data.length) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " does not hold " + data.length + " entries");
        }
    }

    /** A tensor of zeros. */
    public static Tensor zeros(int... shape) {
        return new Tensor(shape, new double[size(shape)]);
    }

    /** One axis over the given values. */
    public static Tensor vector(double... values) {
        return new Tensor(new int[] {values.length}, values);
    }

    /** Copies equally long rows into a matrix. */
    public static Tensor matrix(double[][] rows) {
        int columns = rows.length == 0 ? 0 : rows[0].length;
        Tensor matrix = zeros(rows.length, columns);
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, matrix.data, i * columns, columns);
        }
        return matrix;
    }

    /** Number of axes. */
    public int rank() {
        return shape.length;
    }

    /** Size of one axis. */
    public int size(int axis) {
        return shape[axis];
    }

    /** The entry at a full index. */
    public double get(int... index) {
        return data[offset(index)];
    }

    /** Sets the entry at a full index. */
    public void set(double value, int... index) {
        data[offset(index)] = value;
    }

    /** The same entries under another shape of equal size. */
    public Tensor reshape(int... newShape) {
        return new Tensor(newShape, data);
    }

    private int offset(int... index) {
        if (index.length != shape.length) {
            throw new IndexOutOfBoundsException(
                    "index " + Arrays.toString(index) + " into shape " + Arrays.toString(shape));
        }
        int offset = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            offset = offset * shape[axis] + java.util.Objects.checkIndex(index[axis], shape[axis]);
        }
        return offset;
    }

    private static int size(int... shape) {
        long size = 1;
        for (int n : shape) {
            if (n < 0) {
                throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
            }
            size = Math.multiplyExact(size, n);
        }
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has more than 2^31 entries");
        }
        return (int) size;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor tensor && Arrays.equals(shape, tensor.shape) && Arrays.equals(data, tensor.data);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape);
    }
}

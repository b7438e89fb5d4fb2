package org.widthbench.training.family;

import java.util.Arrays;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.random.InitialWeights;

/**
 * All weights of one network, in the order of {@link InitialWeights}, with one more number for each of them where a gradient or a direction is
 * asked for. Programs of any number of inputs compute with the same ones.
 */
final class Parameters implements AutoCloseable {
    private final Backend backend;
    private final long seed;
    private final int width;
    private final SortedMap<Integer, Part> parts = new TreeMap<>();
    private boolean untrained;

    Parameters(Backend backend, long seed, int width) {
        this.backend = backend;
        this.seed = seed;
        this.width = width;
    }

    /** The weights of one layer, {@code (M, fan)} each. */
    final class Part implements AutoCloseable {
        private final Matrix initial;
        private final Matrix trained;
        private final Matrix gradient;
        private final Matrix direction;

        private Part(int layer, int rows, int columns) {
            initial = backend.allocateUnset(1, rows, columns);
            trained = backend.allocateUnset(1, rows, columns);
            gradient = backend.allocate(1, rows, columns);
            direction = backend.allocate(1, rows, columns);
            backend.normal(new long[] {seed}, InitialWeights.stream(width, layer), 0, initial);
            backend.copy(initial, trained);
        }

        /** W, or W(0) while {@link #untrained}. */
        Matrix weights() {
            return untrained ? initial : trained;
        }

        /** What is summed up by {@code gather}. */
        Matrix gradient() {
            return gradient;
        }

        /** V. */
        Matrix direction() {
            return direction;
        }

        @Override
        public void close() {
            initial.close();
            trained.close();
            gradient.close();
            direction.close();
        }
    }

    /** The weights of one layer; those of a layer that is new are at initialization. */
    Part part(int layer, int rows, int columns) {
        return parts.computeIfAbsent(layer, l -> new Part(l, rows, columns));
    }

    /** All of them. */
    Collection<Part> all() {
        return parts.values();
    }

    /** Whether programs compute with the weights at initialization. */
    void setUntrained(boolean initial) {
        untrained = initial;
    }

    /** How many numbers. */
    int count() {
        return parts.values().stream()
                .mapToInt(part -> Math.toIntExact(part.trained.entries()))
                .reduce(0, Math::addExact);
    }

    /** {@code gradient = 0}. */
    void clearGradient() {
        parts.values().forEach(part -> backend.zero(part.gradient));
    }

    /** {@code W += rate gradient}. */
    void step(double rate) {
        parts.values().forEach(part -> backend.add(rate, part.gradient, 1, part.trained));
    }

    double[] trained() {
        return download(part -> part.trained);
    }

    double[] gradient() {
        return download(part -> part.gradient);
    }

    void setTrained(double[] values) {
        upload(values, part -> part.trained);
    }

    void setDirection(double[] values) {
        upload(values, part -> part.direction);
    }

    private double[] download(Function<Part, Matrix> of) {
        double[] all = new double[count()];
        int at = 0;
        for (Part part : parts.values()) {
            double[] values = new double[Math.toIntExact(of.apply(part).entries())];
            backend.download(of.apply(part), values);
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }

    private void upload(double[] all, Function<Part, Matrix> of) {
        if (all.length != count()) {
            throw new IllegalArgumentException(all.length + " values for " + count() + " weights");
        }
        int at = 0;
        for (Part part : parts.values()) {
            int length = Math.toIntExact(of.apply(part).entries());
            backend.upload(Arrays.copyOfRange(all, at, at + length), of.apply(part));
            at += length;
        }
    }

    @Override
    public void close() {
        parts.values().forEach(Part::close);
    }
}

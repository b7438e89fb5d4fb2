package org.widthbench.training.stream;

import java.util.Arrays;
import org.widthbench.core.Dataset;
import org.widthbench.core.Tensor;

/**
 * Labelled samples, one after the other.
 *
 * @param inputs {@code (B, D)} for an MLP, {@code (B, height, width, channels)} for a CNN
 * @param targets y, {@code (B)}
 */
public record Samples(Tensor inputs, double[] targets) {

    /** @throws IllegalArgumentException unless there is one target per input */
    public Samples {
        if (inputs.size(0) != targets.length) {
            throw new IllegalArgumentException(inputs.size(0) + " inputs with " + targets.length + " targets");
        }
    }

    /** Number B of samples. */
    public int count() {
        return targets.length;
    }

    /** Entries of one input. */
    public int entries() {
        return inputs.data().length / Math.max(1, count());
    }

    /** The samples {@code from .. to-1}. */
    public Samples slice(int from, int to) {
        if (from == 0 && to == count()) {
            return this;
        }
        int[] shape = inputs.shape().clone();
        shape[0] = to - from;
        double[] part = Arrays.copyOfRange(inputs.data(), from * entries(), to * entries());
        return new Samples(new Tensor(shape, part), Arrays.copyOfRange(targets, from, to));
    }

    /** The samples of some indices, in their order. */
    public Samples pick(int... indices) {
        int[] shape = inputs.shape().clone();
        shape[0] = indices.length;
        Tensor picked = Tensor.zeros(shape);
        double[] y = new double[indices.length];
        for (int b = 0; b < indices.length; b++) {
            System.arraycopy(inputs.data(), indices[b] * entries(), picked.data(), b * entries(), entries());
            y[b] = targets[indices[b]];
        }
        return new Samples(picked, y);
    }

    /** Each input as one vector, {@code (B, D)}. */
    public Samples flat() {
        return new Samples(inputs.reshape(count(), entries()), targets);
    }

    /**
     * Training and test samples as the dataset that solvers read.
     *
     * @param test follows the training samples; of the same shape
     */
    public static Dataset dataset(Samples training, Samples test) {
        int q = training.count() + test.count();
        int d = training.entries();
        int[] shape = training.inputs.shape().clone();
        shape[0] = q;
        double[] rows = Arrays.copyOf(training.inputs.data(), q * d);
        System.arraycopy(test.inputs.data(), 0, rows, training.count() * d, test.count() * d);
        if (shape.length > 2) {
            return new Dataset(new Tensor(shape, rows), training.targets);
        }
        Tensor columns = Tensor.zeros(d, q);
        for (int mu = 0; mu < q; mu++) {
            for (int i = 0; i < d; i++) {
                columns.data()[i * q + mu] = rows[mu * d + i];
            }
        }
        return new Dataset(columns, training.targets);
    }
}

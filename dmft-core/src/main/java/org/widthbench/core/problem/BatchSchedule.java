package org.widthbench.core.problem;

import org.widthbench.core.InvalidInputException;

/**
 * Which training points each step of minibatch gradient descent sees: reshuffled epochs, the same for theory and
 * network. An epoch is a fresh permutation of the P points cut into {@code floor(P / batch)} batches; what is left over
 * waits for the next shuffle. Batches depend on {@code (points, batch, seed, t)} alone.
 *
 * @param points number P of training points
 * @param batch points per minibatch, 0 for full batch
 * @param seed seed of the shuffles
 */
public record BatchSchedule(int points, int batch, long seed) {

    /** The increment of SplitMix64 (Steele, Lea and Flood 2014), 2^64 over the golden ratio. */
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** @throws InvalidInputException if the batch is larger than the number of points, or negative */
    public BatchSchedule {
        InvalidInputException.require(
                batch >= 0 && batch <= points, "training.batch", batch, "a whole number in 0.." + points);
    }

    /** The schedule that every solver and every network of this problem follows. */
    public static BatchSchedule of(Problem problem) {
        return new BatchSchedule(problem.trainingPoints(), problem.training().batch(), 0);
    }

    /** True if every step sees every point once. */
    public boolean isFull() {
        return batch == 0 || batch == points;
    }

    /** Points per step: P for full batch. */
    public int size() {
        return isFull() ? points : batch;
    }

    /** What the mask holds for the points in a batch, {@code P / batch}. */
    public double weight() {
        return (double) points / size();
    }

    /**
     * The mask {@code b_mu(t)} of {@code docs/theory.md} section 3, with mean 1 over the points.
     *
     * @param t step, {@code >= 0}
     * @return {@code (P)}: {@code P / batch} for the points in the batch, 0 for the others; all 1 for full batch
     */
    public double[] weights(int t) {
        double[] weights = new double[points];
        for (int mu : batch(t)) {
            weights[mu] = weight();
        }
        return weights;
    }

    /** Points in the batch of step {@code t}, in the order in which they were drawn. */
    public int[] batch(int t) {
        if (isFull()) {
            return java.util.stream.IntStream.range(0, points).toArray();
        }
        int batchesPerEpoch = points / batch;
        int[] order = permutation(t / batchesPerEpoch);
        int first = t % batchesPerEpoch * batch;
        return java.util.Arrays.copyOfRange(order, first, first + batch);
    }

    /** Fisher-Yates shuffle of one epoch. */
    private int[] permutation(int epoch) {
        int[] order = new int[points];
        long state = mix(seed + GOLDEN_GAMMA * (epoch + 1L));
        for (int i = 0; i < points; i++) {
            state += GOLDEN_GAMMA;
            int j = (int) Long.remainderUnsigned(mix(state), i + 1L);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The output function of SplitMix64. */
    private static long mix(long state) {
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

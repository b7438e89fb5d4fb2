package org.widthbench.core.problem;

import java.util.Arrays;

/**
 * Which points are evaluated at each time, and with which weight each drives the step that follows, {@code docs/theory.md}
 * 4.5; the same for theory and network. Ordinarily that is every point at every time. Online it is the batch of the time,
 * points never seen before in the order of the first epoch of {@link BatchSchedule}, followed by all test points; the
 * rows of predictions and kernels then stand for places in the batch.
 */
public final class PointSchedule {
    private final BatchSchedule batches;
    private final boolean online;
    private final int trained;
    private final int points;

    private PointSchedule(Problem problem) {
        batches = BatchSchedule.of(problem);
        online = problem.training().online();
        trained = problem.trainingPoints();
        points = problem.points();
    }

    /** The schedule of a problem. */
    public static PointSchedule of(Problem problem) {
        return new PointSchedule(problem);
    }

    /**
     * Where the samples of a stream must lie in the data so that online training meets them in their order.
     *
     * @param steps number T of times
     * @param batch samples per step
     * @return length {@code steps x batch}: the index in the data of each sample of the stream
     */
    public static int[] streamOrder(int steps, int batch) {
        int[] order = new int[Math.multiplyExact(steps, batch)];
        BatchSchedule batches = new BatchSchedule(order.length, batch, 0);
        for (int t = 0; t < steps; t++) {
            System.arraycopy(batches.batch(t), 0, order, t * batch, batch);
        }
        return order;
    }

    /** Number of points evaluated at each time: Q, or batch + test points. */
    public int rows() {
        return trainedRows() + points - trained;
    }

    /** How many of these, the first ones, are training points: P, or the batch. */
    public int trainedRows() {
        return online ? batches.size() : trained;
    }

    /** Index in the data of the point of every row at time {@code t}. */
    public int[] points(int t) {
        int[] present = new int[rows()];
        int train = trainedRows();
        if (online) {
            System.arraycopy(batches.batch(t), 0, present, 0, train);
        } else {
            Arrays.setAll(present, row -> row);
        }
        for (int row = train; row < present.length; row++) {
            present[row] = trained + row - train;
        }
        return present;
    }

    /** Rows that drive the step from t to t+1, in the order of the batch. */
    public int[] driving(int t) {
        if (!online) {
            return batches.batch(t);
        }
        int[] rows = new int[trainedRows()];
        Arrays.setAll(rows, row -> row);
        return rows;
    }

    /** {@code b} of the driving rows: P over the batch size. */
    public double weight() {
        return batches.weight();
    }

    /** {@code b} of the training rows at time {@code t}, 0 for those outside the batch. */
    public double[] weights(int t) {
        if (!online) {
            return batches.weights(t);
        }
        double[] weights = new double[trainedRows()];
        Arrays.fill(weights, weight());
        return weights;
    }

    /** True if every step sees every training point once. */
    public boolean isFull() {
        return !online && batches.isFull();
    }
}

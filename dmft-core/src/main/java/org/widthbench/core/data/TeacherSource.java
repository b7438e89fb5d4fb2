package org.widthbench.core.data;

import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.random.NormalNoise;

/**
 * Standard normal inputs, each labelled by which side of a random hyperplane it lies on, or by which of C random directions it
 * points along most, one-hot: a rule that new points share, as online training needs. The points of a shorter stream are those that a longer one begins with.
 *
 * @param dimension D, at least 1
 * @param points P training points
 * @param testPoints test points, the same for every P
 * @param outputs C, 1 for labels -1 and +1, else the number of classes
 * @param seed of points and directions, at least 0
 */
public record TeacherSource(int dimension, int points, int testPoints, int outputs, long seed) implements DataSource {
    // Streams of the noise.
    private static final long DIRECTIONS = 0;
    private static final long TRAINING = 1;
    private static final long TEST = 2;

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public TeacherSource {
        InvalidInputException.require(dimension >= 1, "data.dimension", dimension, "a whole number >= 1");
        InvalidInputException.require(points >= 1, "data.points", points, "a whole number >= 1");
        InvalidInputException.require(testPoints >= 0, "data.testPoints", testPoints, "a whole number >= 0");
        InvalidInputException.require(outputs >= 1, "data.outputs", outputs, "a whole number >= 1");
        double all = (double) points + testPoints;
        MemoryLimit.requireHeap(
                "data.points",
                points,
                dimension * all,
                Double.BYTES * dimension * all,
                (long) all + " points of dimension " + dimension,
                "fewer points or dimensions");
        // Each class has a direction, each point a label per class.
        MemoryLimit.requireHeap(
                "data.outputs",
                outputs,
                outputs * Math.max(dimension, all),
                Double.BYTES * outputs * (dimension + all),
                "directions of dimension " + dimension + " and labels of " + (long) all + " points",
                "fewer outputs, points or dimensions");
        InvalidInputException.require(seed >= 0, "data.seed", seed, "a whole number >= 0");
    }

    @Override
    public Dataset load() {
        int all = points + testPoints;
        double[] inputs = new double[dimension * all];
        double[] targets = new double[points * outputs];
        double[] directions = directions();
        for (int mu = 0; mu < all; mu++) {
            double[] x = mu < points ? point(TRAINING, mu) : point(TEST, mu - points);
            for (int d = 0; d < dimension; d++) {
                inputs[d * all + mu] = x[d];
            }
            if (mu < points) {
                label(directions, x, targets, mu * outputs);
            }
        }
        return new Dataset(new Tensor(new int[] {dimension, all}, inputs), targets, outputs);
    }

    /** {@inheritDoc} {@code (test points, C)}. */
    @Override
    public double[] testTargets() {
        double[] directions = directions();
        double[] targets = new double[testPoints * outputs];
        for (int mu = 0; mu < testPoints; mu++) {
            label(directions, point(TEST, mu), targets, mu * outputs);
        }
        return targets;
    }

    /** {@code (C, D)}. */
    private double[] directions() {
        double[] directions = new double[outputs * dimension];
        NormalNoise.fill(directions, 0, directions.length, seed, DIRECTIONS, 0);
        return directions;
    }

    private double[] point(long stream, int number) {
        double[] x = new double[dimension];
        NormalNoise.fill(x, 0, dimension, seed, stream, (long) number * dimension);
        return x;
    }

    private void label(double[] directions, double[] x, double[] targets, int at) {
        int best = 0;
        double[] projections = new double[outputs];
        for (int c = 0; c < outputs; c++) {
            for (int d = 0; d < dimension; d++) {
                projections[c] += directions[c * dimension + d] * x[d];
            }
            best = projections[c] > projections[best] ? c : best;
        }
        targets[at + best] = outputs == 1 && projections[0] < 0 ? -1 : 1;
    }
}

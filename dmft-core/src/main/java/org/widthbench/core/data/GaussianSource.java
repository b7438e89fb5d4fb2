package org.widthbench.core.data;

import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.random.Threefry;

/**
 * Independent standard normal inputs, to float32 rounding those of the published notebooks'
 * {@code random.normal(PRNGKey(seed), (D, P))} ({@link Threefry}); labels -1 for the first half of the points and +1 for the second
 * (which has one more if their number is odd, as in BP22 Figure 6; configurations ask for an even one).
 *
 * @param dimension D, at least 1
 * @param points P, at least 2
 * @param seed {@code 0 .. 2^32 - 1}
 */
public record GaussianSource(int dimension, int points, long seed) implements DataSource {
    private static final long MAX_SEED = 0xFFFFFFFFL;

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public GaussianSource {
        InvalidInputException.require(dimension >= 1, "data.dimension", dimension, "a whole number >= 1");
        InvalidInputException.require(points >= 2, "data.points", points, "a whole number >= 2");
        // Threefry fills the array from a list of random words of the same length.
        MemoryLimit.requireHeap(
                "data.points",
                points,
                (double) dimension * points,
                2.0 * Double.BYTES * dimension * points,
                points + " points of dimension " + dimension,
                "fewer points or dimensions");
        InvalidInputException.require(
                seed >= 0 && seed <= MAX_SEED, "data.seed", seed, "a whole number in 0.." + MAX_SEED);
    }

    @Override
    public Dataset load() {
        return new Dataset(Threefry.normal(seed, dimension, points), Labels.halves(points));
    }
}

package org.widthbench.core.data;

import java.util.Arrays;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.random.NormalNoise;

/**
 * Smooth gaussian images of two textures, which a convolutional network can tell apart and a mean over pixels cannot: every
 * colour is an independent field of mean {@value #MEAN} and variance one, correlated over {@value #LONG} pixels along rows and {@value #SHORT}
 * along columns in the first class (label -1), the other way round in the second (label +1), periodic at the borders.
 *
 * @param side height and width in pixels, at least 2
 * @param channels colours, at least 1
 * @param points number P of training points, even, the first class first
 * @param testPoints number of test points, even, likewise; 0 for none
 * @param seed at least 0
 */
public record TextureSource(int side, int channels, int points, int testPoints, long seed) implements DataSource {
    /** Standard deviation of the longer smoothing in pixels: a filter of 3 x 3 sees the direction, one pixel does not. */
    private static final double LONG = 1.2;
    /** Standard deviation of the shorter smoothing in pixels. */
    private static final double SHORT = 0.6;
    /** Enough that odd networks see a sign, little enough that learning rates are not set by the mean image. */
    private static final double MEAN = 0.3;
    /** Noise stream, apart from those of networks and solvers. */
    private static final long STREAM = 0x7E;

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public TextureSource {
        InvalidInputException.require(side >= 2, "data.side", side, "a whole number >= 2");
        InvalidInputException.require(channels >= 1, "data.channels", channels, "a whole number >= 1");
        Labels.requireEvenPoints(points);
        Labels.requireEvenTestPoints(testPoints);
        InvalidInputException.require(seed >= 0, "data.seed", seed, "a whole number >= 0");
        double entries = (double) side * side * channels * ((double) points + testPoints);
        MemoryLimit.requireHeap(
                "data.points",
                points,
                entries,
                Double.BYTES * entries,
                "images of " + side + " x " + side + " pixels and " + channels + " colours",
                "fewer points, smaller images");
    }

    @Override
    public Dataset load() {
        int count = points + testPoints;
        Tensor images = Tensor.zeros(count, side, side, channels);
        double[] longer = weights(LONG);
        double[] shorter = weights(SHORT);
        double[] noise = new double[side * side];
        for (int q = 0; q < count; q++) {
            boolean first = q < points ? q < points / 2 : q - points < testPoints / 2;
            for (int c = 0; c < channels; c++) {
                NormalNoise.fill(noise, 0, noise.length, seed, STREAM, ((long) q * channels + c) * noise.length);
                double[] rows = smooth(noise, first ? longer : shorter);
                double[] both = transpose(smooth(transpose(rows), first ? shorter : longer));
                for (int a = 0; a < both.length; a++) {
                    images.data()[(q * both.length + a) * channels + c] = MEAN + both[a];
                }
            }
        }
        return new Dataset(images, Labels.halves(points));
    }

    @Override
    public double[] testTargets() {
        return Labels.halves(testPoints);
    }

    /** Gaussian weights by periodic distance, of unit sum of squares. */
    private double[] weights(double deviation) {
        double[] weights = new double[side];
        for (int d = 0; d < side; d++) {
            int distance = Math.min(d, side - d);
            weights[d] = Math.exp(-distance * distance / (2 * deviation * deviation));
        }
        double norm = Math.sqrt(Arrays.stream(weights).map(w -> w * w).sum());
        return Arrays.stream(weights).map(w -> w / norm).toArray();
    }

    private double[] smooth(double[] field, double[] weights) {
        double[] smoothed = new double[field.length];
        for (int i = 0; i < field.length; i++) {
            int line = i / side * side;
            for (int x = 0; x < side; x++) {
                smoothed[i] += weights[Math.floorMod(i - line - x, side)] * field[line + x];
            }
        }
        return smoothed;
    }

    private double[] transpose(double[] field) {
        double[] turned = new double[field.length];
        for (int i = 0; i < field.length; i++) {
            turned[i % side * side + i / side] = field[i];
        }
        return turned;
    }
}

package org.widthbench.training.stream;

import java.util.Arrays;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.random.NormalNoise;

/**
 * A task with a known difficulty: Gaussian inputs {@code x_d = sqrt(lambda_d) xi_d} with variances
 * {@code lambda_d ~ d^-spectrum} of mean 1, and targets
 *
 * <pre>y = sum_k c_k He_k(u_k . xi) / sqrt(k!),   c_k = 1 / sqrt(number of degrees),   |u_k| = 1</pre>
 *
 * in the normalized Hermite polynomials, which are uncorrelated with variance 1. One degree 1 over a flat spectrum is easy;
 * higher degrees and steeper spectra are hard: the directions u are blind to the variances, so that most of the target lies in
 * directions in which the inputs hardly vary.
 *
 * @param dimension D, at least 1
 * @param degrees of the polynomials, each 1..6, none twice
 * @param spectrum exponent of the variances, {@code >= 0}
 * @param noise standard deviation of what is added to training targets, {@code >= 0}
 * @param seed of directions and samples
 */
public record Teacher(int dimension, int[] degrees, double spectrum, double noise, long seed) {
    /** He_6 of a normal number already reaches hundreds now and then. */
    private static final int LARGEST_DEGREE = 6;

    // Streams of the noise; the initial weights of networks use others of the same seeds, but a network's width is in
    // theirs.
    private static final long DIRECTIONS = 1;
    private static final long TRAINING = 2;
    private static final long TEST = 3;
    private static final long LABEL_NOISE = 4;

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public Teacher {
        degrees = degrees.clone();
        InvalidInputException.require(dimension >= 1, "dimension", dimension, "a whole number >= 1");
        InvalidInputException.require(degrees.length > 0, "degrees", "[]", "at least one degree");
        for (int k : degrees) {
            InvalidInputException.require(
                    k >= 1 && k <= LARGEST_DEGREE, "degrees", k, "whole numbers in 1.." + LARGEST_DEGREE);
        }
        InvalidInputException.require(
                Arrays.stream(degrees).distinct().count() == degrees.length,
                "degrees",
                Arrays.toString(degrees),
                "every degree once");
        InvalidInputException.require(
                spectrum >= 0 && Double.isFinite(spectrum), "spectrum", spectrum, "a number >= 0");
        InvalidInputException.require(noise >= 0 && Double.isFinite(noise), "noise", noise, "a number >= 0");
        InvalidInputException.require(seed >= 0, "seed", seed, "a whole number >= 0");
    }

    /** The degrees; the caller owns the copy. */
    @Override
    public int[] degrees() {
        return degrees.clone();
    }

    /** {@code lambda_d}, {@code (D)}, mean 1. */
    public double[] variances() {
        double[] variances = new double[dimension];
        double sum = 0;
        for (int d = 0; d < dimension; d++) {
            variances[d] = Math.pow(d + 1.0, -spectrum);
            sum += variances[d];
        }
        for (int d = 0; d < dimension; d++) {
            variances[d] *= dimension / sum;
        }
        return variances;
    }

    /** Training samples number {@code first .. first+count-1} of the endless stream. */
    public Samples training(long first, int count) {
        Samples samples = samples(TRAINING, first, count);
        if (noise > 0) {
            double[] normals = new double[count];
            NormalNoise.fill(normals, 0, count, seed, LABEL_NOISE, first);
            for (int b = 0; b < count; b++) {
                samples.targets()[b] += noise * normals[b];
            }
        }
        return samples;
    }

    /** Test samples, without noise. */
    public Samples test(int count) {
        return samples(TEST, 0, count);
    }

    /** Every batch fresh: one pass over an endless stream. */
    public SampleStream online(int batch, int testPoints) {
        Samples test = test(testPoints);
        return new FreshStream(batch, test, t -> training((long) t * batch, batch));
    }

    private Samples samples(long stream, long first, int count) {
        double[] x = new double[Math.multiplyExact(count, dimension)];
        NormalNoise.fill(x, 0, x.length, seed, stream, first * dimension);
        double[][] directions = directions();
        double[] y = new double[count];
        for (int b = 0; b < count; b++) {
            for (int k = 0; k < degrees.length; k++) {
                double projection = 0;
                for (int d = 0; d < dimension; d++) {
                    projection += directions[k][d] * x[b * dimension + d];
                }
                y[b] += hermite(degrees[k], projection) / Math.sqrt(degrees.length);
            }
        }
        double[] variances = variances();
        for (int i = 0; i < x.length; i++) {
            x[i] *= Math.sqrt(variances[i % dimension]);
        }
        return new Samples(new Tensor(new int[] {count, dimension}, x), y);
    }

    /** {@code u_k}, one per degree. */
    private double[][] directions() {
        double[][] directions = new double[degrees.length][dimension];
        for (int k = 0; k < degrees.length; k++) {
            NormalNoise.fill(directions[k], 0, dimension, seed, DIRECTIONS, (long) degrees[k] * dimension);
            double square = Arrays.stream(directions[k]).map(u -> u * u).sum();
            for (int d = 0; d < dimension; d++) {
                directions[k][d] /= Math.sqrt(square);
            }
        }
        return directions;
    }

    /** {@code He_k(x) / sqrt(k!)} by the recursion {@code He_{k+1} = x He_k - k He_{k-1}}. */
    static double hermite(int degree, double x) {
        double before = 1;
        double value = x;
        double factorial = 1;
        for (int k = 1; k < degree; k++) {
            double next = x * value - k * before;
            before = value;
            value = next;
            factorial *= k + 1;
        }
        return value / Math.sqrt(factorial);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Teacher that
                && dimension == that.dimension
                && spectrum == that.spectrum
                && noise == that.noise
                && seed == that.seed
                && Arrays.equals(degrees, that.degrees);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(dimension, Arrays.hashCode(degrees), spectrum, noise, seed);
    }

    @Override
    public String toString() {
        return "teacher of degrees " + Arrays.toString(degrees) + " in " + dimension + " dimensions, spectrum "
                + spectrum;
    }
}

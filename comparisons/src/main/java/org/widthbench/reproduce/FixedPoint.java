package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.util.MathArrays;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/**
 * Where a network with one hidden layer comes to rest under weight decay, and the kernel machines that it then is
 * ({@code docs/theory.md} section 5.1). Every layer of weights gives an identity of its own, so that with {@code lambda = P weightDecay}
 *
 * <pre>
 *   f = Phi (Phi + lambda I)^-1 y                    read-out
 *   f = K (K + 2 lambda I)^-1 y                      both layers, K = Phi + G o K^x
 * </pre>
 *
 * ReLU neurons slide along their kinks for ever: there {@code phi'(h)} switches from step to step, and the slope that acts is its mean
 * over steps. {@code K} of both layers is therefore that of mean slopes, {@code K(t,s)} averaged over pairs of times; {@code Phi} is continuous
 * at a kink and taken at the last step.
 *
 * @param f predictions at the last step, {@code (P)}
 * @param machine of both layers, mean slopes, {@code (P)}
 * @param features distance of f from the read-out's machine, root mean square
 * @param tangent distance of f from the machine of both layers with mean slopes
 * @param lastStep the same with the slopes of the last step alone
 * @param drift root mean square change of f from one window to the next, mean over each; NaN if two do not fit into the run
 */
record FixedPoint(double[] f, double[] machine, double features, double tangent, double lastStep, double drift) {

    /**
     * Measures.
     *
     * @param solved recorded at each of the last {@code window} times at least
     * @param window steps at the end over which slopes are averaged
     */
    static FixedPoint of(OrderParameters solved, Problem problem, int window) {
        int points = problem.trainingPoints();
        double[] targets = Arrays.copyOf(problem.dataset().targets(), points);
        double lambda = points * problem.training().weightDecay();
        int recorded = solved.times().length;
        int layers = problem.network().depth() + 1;
        double[] f = mean(solved.f(), 1, 0, points);
        double[] both = machine(tangent(solved, problem, Math.min(window, recorded)), layers * lambda, targets);
        return new FixedPoint(
                f,
                both,
                distance(f, machine(Kernels.last(solved.featureKernels().get(0), points), lambda, targets)),
                distance(f, both),
                distance(f, machine(tangent(solved, problem, 1), layers * lambda, targets)),
                solved.f().size(0) < 2 * window
                        ? Double.NaN
                        : distance(mean(solved.f(), window, 0, points), mean(solved.f(), window, window, points)));
    }

    /** {@code Phi(t,s) + G(t,s) o K^x}, mean over pairs of the last {@code window} recorded times, {@code (P,P)}. */
    private static double[][] tangent(OrderParameters solved, Problem problem, int window) {
        int points = problem.trainingPoints();
        int recorded = solved.times().length;
        Tensor input = problem.inputKernel();
        Tensor features = solved.featureKernels().get(0);
        Tensor gradients = solved.gradientKernels().get(0);
        double[][] mean = new double[points][points];
        for (int mu = 0; mu < points; mu++) {
            for (int al = 0; al < points; al++) {
                double sum = 0;
                for (int t = recorded - window; t < recorded; t++) {
                    for (int s = recorded - window; s < recorded; s++) {
                        sum += features.get(t, mu, s, al) + gradients.get(t, mu, s, al) * input.get(mu, al);
                    }
                }
                mean[mu][al] = sum / window / window;
            }
        }
        return mean;
    }

    /** {@code K (K + ridge I)^-1 y = y - ridge (K + ridge I)^-1 y}. */
    private static double[] machine(double[][] kernel, double ridge, double[] targets) {
        double[][] matrix = new double[targets.length][];
        for (int mu = 0; mu < matrix.length; mu++) {
            matrix[mu] = kernel[mu].clone();
            matrix[mu][mu] += ridge;
        }
        double[] dual = new LUDecomposition(new Array2DRowRealMatrix(matrix, false))
                .getSolver()
                .solve(new ArrayRealVector(targets, false))
                .toArray();
        return IntStream.range(0, targets.length)
                .mapToDouble(mu -> targets[mu] - ridge * dual[mu])
                .toArray();
    }

    /** Mean of {@code (T,Q)} predictions over {@code count} steps that end {@code before} steps before the end, {@code (P)}. */
    private static double[] mean(Tensor predictions, int count, int before, int points) {
        int q = predictions.size(1);
        int end = predictions.size(0) - before;
        return SeedStatistics.mean(IntStream.range(end - count, end)
                .mapToObj(t -> Arrays.copyOfRange(predictions.data(), t * q, t * q + points))
                .toList());
    }

    private static double distance(double[] a, double[] b) {
        return MathArrays.distance(a, b) / Math.sqrt(a.length);
    }
}

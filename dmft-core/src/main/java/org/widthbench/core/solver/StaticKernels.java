package org.widthbench.core.solver;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.problem.Problem;

/**
 * The kernels of an untrained infinitely wide network, {@code docs/theory.md} section 2 at t = 0:
 * {@code Phi^l = <phi(u) phi(u)>}, {@code u ~ GP(0, Phi^{l-1})}, and
 * {@code G^l = G^{l+1} * <phi'(u) phi'(u)>} elementwise, {@code G^{L+1} = 1}. Those of a CNN have a row per point and pixel.
 *
 * @param points number Q of points, of rows in a CNN
 * @param features {@code Phi^0..Phi^L}, each {@code (Q,Q)}; of a CNN the first is {@code K^x}
 * @param covariances of {@code h^1..h^L} at indices {@code 0..L-1}: {@code Phi^{l-1}}, plus 1 under biases, {@code S(Phi^{l-1})} in a CNN
 * @param gradients {@code G^1..G^{L+1}} at indices {@code 0..L}, each {@code (Q,Q)}
 */
record StaticKernels(int points, double[][] features, double[][] covariances, double[][] gradients) {

    static StaticKernels of(Problem problem) {
        int q = problem.points();
        double bias = problem.network().bias() ? 1 : 0;
        double[] ones = new double[q * q];
        Arrays.fill(ones, 1);
        double[] input = problem.inputKernel().data();
        UnaryOperator<double[]> biased =
                kernel -> Arrays.stream(kernel).map(entry -> entry + bias).toArray();
        return of(problem.network(), input, biased.apply(input), ones, biased, UnaryOperator.identity());
    }

    /**
     * Those of a CNN, of single pixels: {@code S} of the filter's shifts stands between the layers, section 6.
     *
     * @param input {@code K^x (n, n)}
     * @param readout covariance of {@code r^L (n, n)}
     */
    static StaticKernels of(Network network, double[] input, double[] readout, FilterShifts shifts) {
        int n = (int) Math.round(Math.sqrt(input.length));
        UnaryOperator<double[]> average = kernel -> shifts.average(kernel, n);
        return of(network, input, input, readout, average, average);
    }

    /**
     * @param input {@code Phi^0}
     * @param first covariance of {@code h^1}
     * @param readout covariance of {@code r^L}
     * @param forward from {@code Phi^l} to the covariance of {@code u^{l+1}}
     * @param backward from {@code G^{l+1}} to the covariance of {@code r^l}, below the last layer
     */
    private static StaticKernels of(
            Network network,
            double[] input,
            double[] first,
            double[] readout,
            UnaryOperator<double[]> forward,
            UnaryOperator<double[]> backward) {
        int q = (int) Math.round(Math.sqrt(input.length));
        int depth = network.depth();
        double[][] features = new double[depth + 1][];
        double[][] gradients = new double[depth + 1][];
        double[][] covariances = new double[depth][];
        double[][] slopes = new double[depth][];
        features[0] = input;
        for (int l = 0; l < depth; l++) {
            covariances[l] = l == 0 ? first : forward.apply(features[l]);
            ActivationMoments moments = ActivationMoments.of(network.activation(), covariances[l], q);
            features[l + 1] = moments.values();
            slopes[l] = moments.derivatives();
        }
        gradients[depth] = readout;
        for (int l = depth - 1; l >= 0; l--) {
            double[] above = l == depth - 1 ? readout : backward.apply(gradients[l + 1]);
            gradients[l] = new double[q * q];
            for (int i = 0; i < q * q; i++) {
                gradients[l][i] = above[i] * slopes[l][i];
            }
        }
        return new StaticKernels(q, features, covariances, gradients);
    }

    /** Of an MLP: {@code NTK = sum_{l=0..L} G^{l+1} Phi^l}, with {@code Phi^l + 1} below the last under biases, {@code (Q,Q)}. */
    double[] tangentKernel() {
        double[] ntk = new double[points * points];
        for (int l = 0; l < features.length; l++) {
            for (int i = 0; i < ntk.length; i++) {
                ntk[i] += gradients[l][i] * (l < covariances.length ? covariances[l][i] : features[l][i]);
            }
        }
        return ntk;
    }
}

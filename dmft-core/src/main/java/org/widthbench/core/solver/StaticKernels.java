package org.widthbench.core.solver;

import org.widthbench.core.Problem;

/**
 * The kernels of an untrained infinitely wide MLP, {@code docs/theory.md} section 2 at t = 0:
 * {@code Phi^l = <phi(u) phi(u)>}, {@code u ~ GP(0, Phi^{l-1})}, and
 * {@code G^l = G^{l+1} * <phi'(u) phi'(u)>} elementwise, {@code G^{L+1} = 1}.
 *
 * @param points number Q
 * @param features {@code Phi^0..Phi^L}, each {@code (Q,Q)}
 * @param covariances of {@code h^1..h^L} at indices {@code 0..L-1}: {@code Phi^{l-1}}, plus 1 under biases
 * @param gradients {@code G^1..G^{L+1}} at indices {@code 0..L}, each {@code (Q,Q)}
 */
record StaticKernels(int points, double[][] features, double[][] covariances, double[][] gradients) {

    static StaticKernels of(Problem problem) {
        int q = problem.points();
        int depth = problem.network().depth();
        double[][] features = new double[depth + 1][];
        double[][] gradients = new double[depth + 1][];
        double[][] covariances = new double[depth][];
        double[][] slopes = new double[depth][];
        double bias = problem.network().bias() ? 1 : 0;
        features[0] = problem.inputKernel().data();
        for (int l = 0; l < depth; l++) {
            double[] covariance = features[l].clone();
            for (int i = 0; i < covariance.length; i++) {
                covariance[i] += bias;
            }
            covariances[l] = covariance;
            ActivationMoments moments = ActivationMoments.of(problem.network().activation(), covariance, q);
            features[l + 1] = moments.values();
            slopes[l] = moments.derivatives();
        }
        gradients[depth] = new double[q * q];
        java.util.Arrays.fill(gradients[depth], 1);
        for (int l = depth - 1; l >= 0; l--) {
            gradients[l] = new double[q * q];
            for (int i = 0; i < q * q; i++) {
                gradients[l][i] = gradients[l + 1][i] * slopes[l][i];
            }
        }
        return new StaticKernels(q, features, covariances, gradients);
    }

    /** {@code NTK = sum_{l=0..L} G^{l+1} Phi^l}, with {@code Phi^l + 1} below the last under biases, {@code (Q,Q)}. */
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

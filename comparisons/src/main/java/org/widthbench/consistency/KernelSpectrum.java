package org.widthbench.consistency;

import java.util.Arrays;
import org.apache.commons.math3.stat.StatUtils;
import org.bytedeco.openblas.global.openblas;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;

/**
 * Eigenvalues of a kernel on M points of the data distribution, {@code K / M = sum_k lambda_k psi_k psi_k^T}, and how much of a
 * target lies along each eigenvector.
 *
 * @param eigenvalues lambda_k, descending, those below rounding set to 0
 * @param power {@code c_k^2 = (psi_k . y)^2 / M}, mean squared target along each
 */
record KernelSpectrum(double[] eigenvalues, double[] power) {
    /** Eigenvalues below this fraction of the largest are rounding. */
    private static final double ROUNDING = 1e-12;

    /** Halvings of the interval in which the effective ridge is sought: to rounding. */
    private static final int HALVINGS = 200;

    /**
     * @param kernel symmetric, {@code (M,M)}
     * @param targets {@code (M)}
     * @throws SolverException if the eigenvalues do not converge, which a finite kernel does not do
     */
    static KernelSpectrum of(Tensor kernel, double[] targets) {
        int m = targets.length;
        double[] vectors = new double[m * m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                vectors[i * m + j] = (kernel.get(i, j) + kernel.get(j, i)) / (2.0 * m);
            }
        }
        double[] ascending = new double[m];
        int info = openblas.LAPACKE_dsyevd(openblas.LAPACK_ROW_MAJOR, (byte) 'V', (byte) 'U', m, vectors, m, ascending);
        if (info != 0) {
            throw new SolverException(
                    "eigenvalues of the final kernel (" + m + " points) did not converge (LAPACK info " + info
                            + "): the kernel is not finite; lower training.eta");
        }
        double[] eigenvalues = new double[m];
        double[] power = new double[m];
        for (int k = 0; k < m; k++) {
            int column = m - 1 - k;
            eigenvalues[k] = ascending[column] > ROUNDING * ascending[m - 1] ? ascending[column] : 0;
            double product = 0;
            for (int i = 0; i < m; i++) {
                product += vectors[i * m + column] * targets[i];
            }
            power[k] = product * product / m;
        }
        return new KernelSpectrum(eigenvalues, power);
    }

    /** Part of the target's power along the first k eigenvectors, entry {@code k-1}. */
    double[] cumulativePower() {
        double total = Arrays.stream(power).sum();
        double[] cumulative = new double[power.length];
        double sum = 0;
        for (int k = 0; k < power.length; k++) {
            sum += power[k];
            cumulative[k] = total > 0 ? Math.min(1, sum / total) : 1;
        }
        return cumulative;
    }

    /** {@code (sum lambda)^2 / sum lambda^2}. */
    double effectiveRank() {
        double sum = Arrays.stream(eigenvalues).sum();
        double square = StatUtils.sumSq(eigenvalues);
        return square > 0 ? sum * sum / square : 0;
    }

    /**
     * Mean squared test error of ridgeless kernel regression on p samples, averaged over training sets (Bordelon, Canatar and
     * Pehlevan 2020):
     *
     * <pre>
     * 1 = sum_k lambda_k / (kappa + p lambda_k)     gamma = sum_k p lambda_k^2 / (kappa + p lambda_k)^2
     * E(p) = 1/(1 - gamma) sum_k c_k^2 kappa^2 / (kappa + p lambda_k)^2
     * </pre>
     *
     * Target along eigenvectors of eigenvalue 0 is never learned.
     *
     * @param samples p, below the number of eigenvalues above 0; not below 0
     */
    double regressionError(double samples) {
        double low = 0;
        double high = Arrays.stream(eigenvalues).sum();
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            double value = 0;
            for (double lambda : eigenvalues) {
                value += lambda / (middle + samples * lambda);
            }
            low = value > 1 ? middle : low;
            high = value > 1 ? high : middle;
        }
        double kappa = (low + high) / 2;
        double gamma = 0;
        double error = 0;
        for (int k = 0; k < power.length; k++) {
            double width = kappa + samples * eigenvalues[k];
            gamma += samples * eigenvalues[k] * eigenvalues[k] / (width * width);
            error += power[k] * kappa * kappa / (width * width);
        }
        return error / (1 - gamma);
    }
}

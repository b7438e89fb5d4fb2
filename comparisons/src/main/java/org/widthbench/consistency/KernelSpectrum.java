package org.widthbench.consistency;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
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
     */
    static KernelSpectrum of(Tensor kernel, double[] targets) {
        int m = targets.length;
        double[][] symmetric = new double[m][m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                symmetric[i][j] = (kernel.get(i, j) + kernel.get(j, i)) / (2.0 * m);
            }
        }
        EigenDecomposition decomposition = new EigenDecomposition(new Array2DRowRealMatrix(symmetric, false));
        double[] values = decomposition.getRealEigenvalues();
        Integer[] order = new Integer[m];
        java.util.Arrays.setAll(order, k -> k);
        java.util.Arrays.sort(order, (a, b) -> Double.compare(values[b], values[a]));
        double[] eigenvalues = new double[m];
        double[] power = new double[m];
        for (int k = 0; k < m; k++) {
            double value = values[order[k]];
            eigenvalues[k] = value > ROUNDING * values[order[0]] ? value : 0;
            double product = 0;
            for (int i = 0; i < m; i++) {
                product += decomposition.getEigenvector(order[k]).getEntry(i) * targets[i];
            }
            power[k] = product * product / m;
        }
        return new KernelSpectrum(eigenvalues, power);
    }

    /** Part of the target's power along the first k eigenvectors, entry {@code k-1}. */
    double[] cumulativePower() {
        double total = 0;
        for (double c : power) {
            total += c;
        }
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
        double sum = 0;
        double square = 0;
        for (double lambda : eigenvalues) {
            sum += lambda;
            square += lambda * lambda;
        }
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
        double sum = 0;
        for (double lambda : eigenvalues) {
            sum += lambda;
        }
        double low = 0;
        double high = sum;
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

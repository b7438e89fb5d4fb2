package org.widthbench.core.solver;

import org.bytedeco.openblas.global.openblas;
import org.widthbench.core.SolverException;

/**
 * Square roots of a kernel, {@code K = F F^T}, from its eigendecomposition with negative eigenvalues clipped: sampling
 * noise and duplicate rows make kernels singular or slightly indefinite, which a Cholesky factor does not survive.
 *
 * @param size n
 * @param vectors {@code V (n x n)} row-major, column j belongs to eigenvalue j, the largest first
 * @param values eigenvalues, descending, {@code >= 0}
 * @param negative clipped share, the sum of negative eigenvalues over the sum of positive ones
 */
record KernelRoot(int size, double[] vectors, double[] values, double negative) {

    /**
     * Decomposes a symmetric kernel.
     *
     * @param kernel {@code (n x n)}, kept
     * @param what is said in the error, such as {@code "Phi^2"}
     * @throws SolverException if the eigenvalues do not converge, which a finite kernel does not do
     */
    static KernelRoot of(double[] kernel, int n, String what) {
        double[] ascending = kernel.clone();
        double[] spectrum = new double[n];
        int info =
                openblas.LAPACKE_dsyevd(openblas.LAPACK_ROW_MAJOR, (byte) 'V', (byte) 'U', n, ascending, n, spectrum);
        if (info != 0) {
            throw new SolverException("eigenvalues of " + what + " (" + n + " rows) did not converge (LAPACK info "
                    + info + "): the kernel is not finite; lower training.eta");
        }
        double[] vectors = new double[n * n];
        double[] values = new double[n];
        double clipped = 0;
        double kept = 0;
        for (int j = 0; j < n; j++) {
            double value = spectrum[n - 1 - j];
            values[j] = Math.max(value, 0);
            clipped -= Math.min(value, 0);
            kept += values[j];
            for (int i = 0; i < n; i++) {
                vectors[i * n + j] = ascending[i * n + n - 1 - j];
            }
        }
        return new KernelRoot(n, vectors, values, kept == 0 ? 0 : clipped / kept);
    }

    /** Number of eigenvalues above this fraction of the largest. */
    int rank(double tolerance) {
        int rank = 0;
        while (rank < size && values[rank] > tolerance * values[0]) {
            rank++;
        }
        return rank;
    }

    /** {@code F_{ij} = V_{ij} sqrt(lambda_j)}, {@code (n x n)} row-major. */
    double[] factor() {
        return scaled(0.5);
    }

    private double[] scaled(double power) {
        double[] scaled = vectors.clone();
        for (int j = 0; j < size; j++) {
            double scale = Math.pow(values[j], power);
            for (int i = 0; i < size; i++) {
                scaled[i * size + j] *= scale;
            }
        }
        return scaled;
    }

    /**
     * The symmetric root {@code V sqrt(lambda) V^T}: unlike the factor, it moves continuously with the kernel, so that
     * fixed noise gives fields that do.
     *
     * @return {@code (n x n)} row-major
     */
    double[] symmetric() {
        double[] half = scaled(0.25);
        double[] root = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                root[i * size + j] = Dense.dot(half, i * size, half, j * size, size);
                root[j * size + i] = root[i * size + j];
            }
        }
        return root;
    }
}

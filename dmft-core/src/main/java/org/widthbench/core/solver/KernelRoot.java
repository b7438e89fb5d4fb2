package org.widthbench.core.solver;

import org.bytedeco.openblas.global.openblas;
import org.widthbench.core.SolverException;

/**
 * A factor F of a kernel, {@code K = F F^T}, from its eigendecomposition with negative eigenvalues clipped: sampling
 * noise and duplicate rows make kernels singular or slightly indefinite, which a Cholesky factor does not survive.
 *
 * @param size n
 * @param factor {@code (n x n)} row-major, {@code F_{ij} = V_{ij} sqrt(lambda_j)}
 * @param negative clipped share, the sum of negative eigenvalues over the sum of positive ones
 */
record KernelRoot(int size, double[] factor, double negative) {

    /**
     * Factors a symmetric kernel.
     *
     * @param kernel {@code (n x n)}, kept
     * @param what is said in the error, such as {@code "Phi^2"}
     * @throws SolverException if the eigenvalues do not converge, which a finite kernel does not do
     */
    static KernelRoot of(double[] kernel, int n, String what) {
        double[] vectors = kernel.clone();
        double[] values = new double[n];
        int info = openblas.LAPACKE_dsyevd(openblas.LAPACK_ROW_MAJOR, (byte) 'V', (byte) 'U', n, vectors, n, values);
        if (info != 0) {
            throw new SolverException("eigenvalues of " + what + " (" + n + " rows) did not converge (LAPACK info "
                    + info + "): the kernel is not finite; lower training.eta");
        }
        double clipped = 0;
        double kept = 0;
        for (int j = 0; j < n; j++) {
            double root = Math.sqrt(Math.max(values[j], 0));
            clipped -= Math.min(values[j], 0);
            kept += root * root;
            for (int i = 0; i < n; i++) {
                vectors[i * n + j] *= root;
            }
        }
        return new KernelRoot(n, vectors, kept == 0 ? 0 : clipped / kept);
    }
}

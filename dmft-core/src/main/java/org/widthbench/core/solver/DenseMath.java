package org.widthbench.core.solver;

/** Small dense float64 work on the host. */
final class DenseMath {
    private DenseMath() {}

    /**
     * Cholesky factor in place, lower triangle, row-major {@code (n,n)}; the upper triangle is zeroed.
     *
     * @return false if the matrix is not positive definite to rounding
     */
    static boolean cholesky(double[] a, int n) {
        for (int j = 0; j < n; j++) {
            double diagonal = a[j * n + j];
            for (int k = 0; k < j; k++) {
                diagonal -= a[j * n + k] * a[j * n + k];
            }
            if (!(diagonal > 1e-14 * Math.abs(a[j * n + j]))) {
                return false;
            }
            double pivot = Math.sqrt(diagonal);
            a[j * n + j] = pivot;
            for (int i = j + 1; i < n; i++) {
                double sum = a[i * n + j];
                for (int k = 0; k < j; k++) {
                    sum -= a[i * n + k] * a[j * n + k];
                }
                a[i * n + j] = sum / pivot;
            }
            java.util.Arrays.fill(a, j * n + j + 1, (j + 1) * n, 0);
        }
        return true;
    }

    /** {@code a b} of row-major matrices, {@code (m, k)} and {@code (k, n)}. */
    static double[] product(double[] a, double[] b, int m, int k, int n) {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int l = 0; l < k; l++) {
                Dense.axpy(a[i * k + l], b, l * n, c, i * n, n);
            }
        }
        return c;
    }

    /** Transpose of a row-major {@code (rows, columns)} matrix. */
    static double[] transpose(double[] a, int rows, int columns) {
        double[] result = new double[a.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = a[i * columns + j];
            }
        }
        return result;
    }
}

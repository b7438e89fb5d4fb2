package org.widthbench.core.solver;

/** Small dense float64 work on the host. */
final class DenseMath {
    /** Share of its norm that a vector must keep outside the span of others to count as independent of them. */
    private static final double INDEPENDENT = 1e-6;

    private DenseMath() {}

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

    /**
     * Orthonormal vectors of which the first span the columns of a kernel: Gram-Schmidt over its columns, then over the unit
     * vectors. They move with the kernel by no more than rounding, amplified; eigenvectors would turn at will within every
     * repeated eigenvalue, 0 above all, and change sign.
     *
     * @param kernel {@code (n, n)}, symmetric
     * @return {@code (n, n)} row-major, one vector a row
     */
    static double[] frame(double[] kernel, int n) {
        double[] frame = new double[n * n];
        int known = 0;
        for (int j = 0; j < 2 * n && known < n; j++) {
            double[] vector = new double[n];
            if (j < n) {
                System.arraycopy(kernel, j * n, vector, 0, n);
            } else {
                vector[j - n] = 1;
            }
            double before = Math.sqrt(Dense.dot(vector, 0, vector, 0, n));
            // Twice is enough: the second pass removes what the first left by cancellation.
            for (int pass = 0; pass < 2; pass++) {
                for (int k = 0; k < known; k++) {
                    Dense.axpy(-Dense.dot(frame, k * n, vector, 0, n), frame, k * n, vector, 0, n);
                }
            }
            double norm = Math.sqrt(Dense.dot(vector, 0, vector, 0, n));
            if (norm > INDEPENDENT * before) {
                Dense.axpy(1 / norm, vector, 0, frame, known * n, n);
                known++;
            }
        }
        return frame;
    }
}

package org.widthbench.core.solver;

/** The two inner loops of the exact solvers, on row-major {@code double[]} with offsets. */
final class Dense {
    private Dense() {}

    /** {@code sum_i x[xAt+i] y[yAt+i]} over {@code n} entries; independent partial sums let the processor overlap them. */
    static double dot(double[] x, int xAt, double[] y, int yAt, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            a += x[xAt + i] * y[yAt + i];
            b += x[xAt + i + 1] * y[yAt + i + 1];
            c += x[xAt + i + 2] * y[yAt + i + 2];
            d += x[xAt + i + 3] * y[yAt + i + 3];
        }
        for (; i < n; i++) {
            a += x[xAt + i] * y[yAt + i];
        }
        return (a + b) + (c + d);
    }

    /** {@code y[yAt+i] += alpha x[xAt+i]} over {@code n} entries. */
    static void axpy(double alpha, double[] x, int xAt, double[] y, int yAt, int n) {
        if (alpha == 0) {
            return;
        }
        for (int i = 0; i < n; i++) {
            y[yAt + i] += alpha * x[xAt + i];
        }
    }

    /**
     * {@code y[yAt+i] += sum_j a[aAt+j] x[xAt + j ldx + i]}, a row vector times {@code rows} rows of which {@code n}
     * entries count; four rows at a time, since loading and storing y costs more than the arithmetic.
     */
    static void rowTimes(double[] a, int aAt, double[] x, int xAt, int ldx, int rows, double[] y, int yAt, int n) {
        int j = 0;
        for (; j + 3 < rows; j += 4) {
            double a0 = a[aAt + j];
            double a1 = a[aAt + j + 1];
            double a2 = a[aAt + j + 2];
            double a3 = a[aAt + j + 3];
            int x0 = xAt + j * ldx;
            int x1 = x0 + ldx;
            int x2 = x1 + ldx;
            int x3 = x2 + ldx;
            for (int i = 0; i < n; i++) {
                y[yAt + i] += (a0 * x[x0 + i] + a1 * x[x1 + i]) + (a2 * x[x2 + i] + a3 * x[x3 + i]);
            }
        }
        for (; j < rows; j++) {
            axpy(a[aAt + j], x, xAt + j * ldx, y, yAt, n);
        }
    }
}

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
}

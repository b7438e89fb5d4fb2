package org.widthbench.core.linalg;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.widthbench.core.SolverException;

/** Cholesky factors of small symmetric matrices, row-major on the host in float64. */
public final class Cholesky {
    /** A diagonal that elimination has brought below this share of what it was is rounding. */
    private static final double ROUNDING = 1e-14;
    /**
     * Diagonals closer than this, relative, count as equal and the first row wins. Kernels of equal diagonal are common (relu
     * gradients at t = 0); rounding must not choose the pivots, or float32 and float64 would follow different paths.
     */
    private static final double TIE = 1e-4;

    private Cholesky() {}

    /**
     * The factor in place, lower triangle; the upper triangle is zeroed.
     *
     * @param a {@code (n, n)}
     * @return false if the matrix is not positive definite to rounding
     */
    public static boolean factor(double[] a, int n) {
        for (int j = 0; j < n; j++) {
            double diagonal = a[j * n + j];
            for (int k = 0; k < j; k++) {
                diagonal -= a[j * n + k] * a[j * n + k];
            }
            if (!(diagonal > ROUNDING * Math.abs(a[j * n + j]))) {
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
            Arrays.fill(a, j * n + j + 1, (j + 1) * n, 0);
        }
        return true;
    }

    /**
     * A factor that takes the largest remaining diagonal first.
     *
     * @param rows the pivots, in order
     * @param columns the factor's column of each pivot, length n; zero at earlier pivots
     */
    public record Pivoted(int[] rows, double[][] columns) {}

    /**
     * Factors {@code block} as far as wanted and leaves the rest in it.
     *
     * @param block {@code (n, n)}; overwritten by the residual
     * @param most largest number of pivots
     * @param least residual diagonal that the next pivot must exceed, given the number of pivots so far
     */
    public static Pivoted pivoted(double[] block, int n, int most, IntToDoubleFunction least) {
        double[][] columns = new double[n][];
        int[] chosen = new int[n];
        int count = 0;
        while (count < Math.min(n, most)) {
            int best = largestDiagonal(block, n);
            if (!(block[best * n + best] > least.applyAsDouble(count))) {
                break;
            }
            double[] column = eliminate(block, n, best);
            for (int j = 0; j < count; j++) {
                column[chosen[j]] = 0;
            }
            chosen[count] = best;
            columns[count++] = column;
        }
        return new Pivoted(Arrays.copyOf(chosen, count), Arrays.copyOf(columns, count));
    }

    /**
     * Factors {@code block} along given pivots and leaves the rest in it.
     *
     * @throws SolverException if one of them depends on the others to rounding
     */
    public static Pivoted along(double[] block, int n, int... rows) {
        double[][] columns = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            if (!(block[rows[i] * n + rows[i]] > 0)) {
                throw new SolverException("a row that was a direction of its own is none any more");
            }
            columns[i] = eliminate(block, n, rows[i]);
            for (int j = 0; j < i; j++) {
                columns[i][rows[j]] = 0;
            }
        }
        return new Pivoted(rows.clone(), columns);
    }

    private static int largestDiagonal(double[] block, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (block[i * n + i] > (1 + TIE) * block[best * n + best]) {
                best = i;
            }
        }
        return best;
    }

    /** One step of the factorization: the factor's next column; {@code block} keeps the rest. */
    private static double[] eliminate(double[] block, int n, int pivot) {
        double[] column = new double[n];
        double inverse = 1 / Math.sqrt(block[pivot * n + pivot]);
        for (int i = 0; i < n; i++) {
            column[i] = block[i * n + pivot] * inverse;
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                block[i * n + j] -= column[i] * column[j];
            }
        }
        for (int i = 0; i < n; i++) {
            block[i * n + pivot] = 0;
            block[pivot * n + i] = 0;
        }
        return column;
    }
}

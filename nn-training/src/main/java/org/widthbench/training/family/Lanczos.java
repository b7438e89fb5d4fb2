package org.widthbench.training.family;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.random.NormalNoise;

/**
 * The top of the spectrum of a symmetric operator by the Lanczos iteration with full reorthogonalization: after k products the
 * Krylov basis Q holds k orthonormal vectors, {@code T = Q^T H Q} is tridiagonal, and its largest eigenvalue theta with
 * eigenvector s has the residual {@code |H Q s - theta Q s| = beta_k |s_k|}, which stops the iteration. Reorthogonalizing against
 * all earlier vectors, twice, keeps rounding from making copies of converged eigenvalues; it costs {@code 4 k n} flops a product.
 *
 * @param tolerance stops at a residual of this fraction of theta, {@code > 0}
 * @param products most operator applications, at least 1
 * @param seed of the start vector
 */
public record Lanczos(double tolerance, int products, long seed) {
    /** Stream of the start vector. */
    private static final long START = 7;

    /** Twice is enough (Giraud, Langou and Rozloznik 2005). */
    private static final int PASSES = 2;

    /** @throws InvalidInputException naming the first value that is not allowed */
    public Lanczos {
        InvalidInputException.require(tolerance > 0, "tolerance", tolerance, "a number > 0");
        InvalidInputException.require(products >= 1, "products", products, "a whole number >= 1");
    }

    /**
     * The largest eigenvalue.
     *
     * @param operator symmetric, {@code n -> n}; may return the same array again and again
     * @param dimension n
     * @throws SolverException if the operator yields a number that is not finite
     */
    public Sharpness largest(UnaryOperator<double[]> operator, int dimension) {
        List<double[]> basis = new ArrayList<>();
        double[] diagonal = new double[products];
        double[] off = new double[products];
        double[] start = new double[dimension];
        NormalNoise.fill(start, 0, dimension, seed, START, 0);
        scale(start, 1 / norm(start));
        basis.add(start);
        int most = Math.min(products, dimension);
        for (int k = 0; ; k++) {
            double[] next = operator.apply(basis.get(k)).clone();
            diagonal[k] = dot(basis.get(k), next);
            if (!Double.isFinite(diagonal[k])) {
                throw new SolverException(
                        "sharpness: the Hessian is not finite; the network has diverged, lower the" + " learning rate");
            }
            for (int pass = 0; pass < PASSES; pass++) {
                for (double[] earlier : basis) {
                    add(-dot(earlier, next), earlier, next);
                }
            }
            off[k] = norm(next);
            Ritz ritz = ritz(diagonal, off, k + 1);
            double floor = Math.ulp(1.0) * k * Math.abs(ritz.value);
            boolean converged = ritz.residual <= Math.max(tolerance * Math.abs(ritz.value), floor);
            // A start vector that misses the top one exactly has probability zero; an exhausted space is converged.
            if (converged || off[k] == 0 || k + 1 == most) {
                return new Sharpness(ritz.value, ritz.residual, k + 1, converged || off[k] == 0 || k + 1 == dimension);
            }
            scale(next, 1 / off[k]);
            basis.add(next);
        }
    }

    private record Ritz(double value, double residual) {}

    private static Ritz ritz(double[] diagonal, double[] off, int k) {
        if (k == 1) {
            return new Ritz(diagonal[0], off[0]);
        }
        EigenDecomposition small =
                new EigenDecomposition(java.util.Arrays.copyOf(diagonal, k), java.util.Arrays.copyOf(off, k - 1));
        int best = 0;
        for (int i = 1; i < k; i++) {
            best = small.getRealEigenvalue(i) > small.getRealEigenvalue(best) ? i : best;
        }
        double last = small.getEigenvector(best).getEntry(k - 1);
        return new Ritz(small.getRealEigenvalue(best), Math.abs(off[k - 1] * last));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    private static void scale(double[] a, double factor) {
        for (int i = 0; i < a.length; i++) {
            a[i] *= factor;
        }
    }

    private static void add(double factor, double[] from, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * from[i];
        }
    }
}

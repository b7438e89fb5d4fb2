package org.widthbench.core.linalg;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** Rows made orthonormal in the average over their n columns, {@code <e, e'> = e . e' / n}. */
public final class GramSchmidt {
    private GramSchmidt() {}

    /** {@code fresh -= <fresh, known> known}, for orthonormal rows {@code known}. */
    public static void project(Backend backend, Matrix fresh, Matrix known) {
        if (known.rows() == 0) {
            return;
        }
        try (Matrix overlap = backend.allocateUnset(1, fresh.rows(), known.rows())) {
            backend.gemm(1.0 / fresh.columns(), fresh, false, known, true, 0, overlap);
            backend.gemm(-1, overlap, false, known, false, 1, fresh);
        }
    }

    /**
     * Cholesky QR: {@code fresh := L^-1 fresh} with {@code L L^T = fresh fresh^T / n}.
     *
     * @return false if the rows are linearly dependent to rounding; they are left as they were
     */
    public static boolean normalize(Backend backend, Matrix fresh) {
        double[] lower = backend.kernelBlock(1.0 / fresh.columns(), fresh, fresh);
        if (!Cholesky.factor(lower, fresh.rows())) {
            return false;
        }
        backend.solveLower(lower, fresh);
        return true;
    }
}

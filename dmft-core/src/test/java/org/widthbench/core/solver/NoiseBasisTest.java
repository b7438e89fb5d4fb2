package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.NoiseBasis;

class NoiseBasisTest {
    private static final int SAMPLES = 256;

    private static double[] overlap(Backend backend, Matrix a, Matrix b) {
        double[] values = new double[a.rows() * b.rows()];
        try (Matrix product = backend.allocate(1, a.rows(), b.rows())) {
            backend.gemm(1.0 / SAMPLES, a, false, b, true, 0, product);
            backend.download(product, values);
        }
        return values;
    }

    /** Nearly as many rows as samples: the hardest case for Gram-Schmidt. */
    @Test
    void rowsOfBothProcessesAreOrthonormal() {
        try (Backend backend = new CpuBackend();
                NoiseBasis basis = new CausalSolver(SAMPLES, 4).noise(backend, 2)) {
            NoiseBasis.Part u = basis.part();
            NoiseBasis.Part r = basis.part();
            for (int step = 0; step < 20; step++) {
                u.extend(step % 5, step);
                r.extend(10, step);
            }
            double[] uu = overlap(backend, u.rows(), u.rows());
            double[] rr = overlap(backend, r.rows(), r.rows());
            double[] ur = overlap(backend, u.rows(), r.rows());
            int n = u.rows().rows();
            int m = r.rows().rows();
            assertThat(n + m).isEqualTo(240);
            for (int i = 0; i < n * n; i++) {
                assertThat(uu[i]).isCloseTo(i / n == i % n ? 1 : 0, within(1e-12));
            }
            for (int i = 0; i < m * m; i++) {
                assertThat(rr[i]).isCloseTo(i / m == i % m ? 1 : 0, within(1e-12));
            }
            for (double value : ur) {
                assertThat(value).isCloseTo(0, within(1e-12));
            }
        }
    }
}

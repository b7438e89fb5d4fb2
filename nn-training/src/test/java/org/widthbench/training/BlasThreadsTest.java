package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.Problem;

class BlasThreadsTest {
    /** ND4J and our backend call the same library; each slice of a product of ours is one call in one thread. */
    @Test
    void theoryAfterNetworksStillHasOneThreadPerProduct() {
        Problem problem = Problems.gaussian(3, 4, 0, 2, new Tanh(1), Problems.training(0.1, 3, 0, 0, 0));
        Problems.trained(problem, 20, 0, FieldPrecision.FLOAT32);
        assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
    }
}

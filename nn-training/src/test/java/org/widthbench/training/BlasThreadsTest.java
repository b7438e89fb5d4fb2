package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.widthbench.core.activation.Tanh;

class BlasThreadsTest {
    /** ND4J and our backend call the same library; each slice of a product of ours is one call in one thread. */
    @Test
    void theoryAfterNetworksStillHasOneThreadPerProduct() {
        new MlpTrainer(20, 0, Precision.FLOAT32)
                .train(Problems.gaussian(3, 4, 0, 2, new Tanh(1), Problems.training(0.1, 3, 0, 0, 0)));
        assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
    }
}

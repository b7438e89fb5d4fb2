package org.widthbench.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.problem.Problem;

class ThreefryTest {

    /** Known answers published with the Random123 library. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0, 6b200159, 99ba4efe",
        "ffffffff, ffffffff, ffffffff, ffffffff, 1cb996fc, bb002be7",
        "13198a2e, 3707344, 243f6a88, 85a308d3, c4923a9c, 483df7a0",
    })
    void blocksMatchThePublishedAnswers(
            String key0, String key1, String counter0, String counter1, String word0, String word1) {
        long block = Threefry.block(word(key0), word(key1), word(counter0), word(counter1));
        assertThat((int) (block >>> 32)).isEqualTo(word(word0));
        assertThat((int) block).isEqualTo(word(word1));
    }

    private static int word(String hex) {
        return Integer.parseUnsignedInt(hex, 16);
    }

    /** The number is printed in the authors' notebook. */
    @Test
    void inputKernelOfTheNotebookHasItsPrintedMeanSquare() {
        Tensor inputs = Threefry.normal(0, 25, 10);
        Problem problem = new Problem(
                new Dataset(inputs, new double[10]), Network.mlp(1, new Linear()), Training.descent(1, 1, 1));
        double sum = 0;
        for (double k : problem.inputKernel().data()) {
            sum += k * k;
        }
        assertThat(sum / 100).isCloseTo(0.15922138, within(5e-8));
    }

    @Test
    void entriesAreFloat32Numbers() {
        for (double x : Threefry.normal(3, 101).data()) {
            assertThat((double) (float) x).isEqualTo(x);
        }
    }

    /** Words 0 and 51 of 101 share the block of counters 0 and 51; the last block is padded with counter 0. */
    @Test
    void oddCountPadsTheLastBlockWithCounterZero() {
        int[] bits = Threefry.bits(9, 101);
        long first = Threefry.block(0, 9, 0, 51);
        long last = Threefry.block(0, 9, 50, 0);
        assertThat(bits).hasSize(101);
        assertThat(bits[0]).isEqualTo((int) (first >>> 32));
        assertThat(bits[51]).isEqualTo((int) first);
        assertThat(bits[50]).isEqualTo((int) (last >>> 32));
    }
}

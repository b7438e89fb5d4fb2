package org.widthbench.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Expected words are the known answers published with the Random123 library. */
class PhiloxTest {

    private static int[] block(long seed, long stream, long block) {
        int[] words = new int[Philox.WORDS];
        Philox.blocks(seed, stream, block, words, 0, 1);
        return words;
    }

    @Test
    void allZeroCounterAndKeyGiveThePublishedBlock() {
        assertThat(block(0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    }

    @Test
    void allOnesCounterAndKeyGiveThePublishedBlock() {
        assertThat(block(-1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    }

    @Test
    void digitsOfPiGiveThePublishedBlock() {
        // counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0, least significant word first
        assertThat(block(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3243f6a88L))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void runOfBlocksEqualsItsBlocksOneByOneAcrossTheCounterCarry() {
        long first = 0xFFFFFFFEL;
        int[] run = new int[1 + 4 * Philox.WORDS];
        Philox.blocks(5, 6, first, run, 1, 4);
        for (int b = 0; b < 4; b++) {
            int[] single = block(5, 6, first + b);
            for (int w = 0; w < Philox.WORDS; w++) {
                assertThat(run[1 + Philox.WORDS * b + w]).isEqualTo(single[w]);
            }
        }
    }

    @Test
    void arrayThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> Philox.blocks(0, 0, 0, new int[7], 0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}

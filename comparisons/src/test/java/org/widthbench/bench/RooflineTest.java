package org.widthbench.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RooflineTest {
    // 100 bytes and 1000 flops a second: ten flops a byte are balanced.
    private final Roofline device = new Roofline(100, 1000);

    @Test
    void workWithFewFlopsAByteIsBoundByMemory() {
        Roofline.Work copy = new Roofline.Work("copy", 200, 100, 4);
        assertThat(device.bound(copy)).isEqualTo(2);
        assertThat(device.share(copy)).isEqualTo(0.5);
        assertThat(device.limit(copy)).isEqualTo("memory");
    }

    @Test
    void workWithManyFlopsAByteIsBoundByArithmetic() {
        Roofline.Work product = new Roofline.Work("product", 10, 3000, 12);
        assertThat(device.bound(product)).isEqualTo(3);
        assertThat(device.share(product)).isEqualTo(0.25);
        assertThat(device.limit(product)).isEqualTo("arithmetic");
    }
}

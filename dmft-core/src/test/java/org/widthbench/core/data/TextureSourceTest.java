package org.widthbench.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;

class TextureSourceTest {
    /** Expected: smoothing by a gaussian of deviation s leaves the correlation {@code exp(-1/(4 s^2))} at distance one. */
    @Test
    void classesDifferInTheDirectionOfTheirCorrelation() {
        Dataset dataset = new TextureSource(16, 2, 40, 20, 3).load();
        assertThat(dataset.inputs().shape()).containsExactly(60, 16, 16, 2);
        assertThat(dataset.targets()).startsWith(-1, -1).endsWith(1, 1).hasSize(40);
        for (int[] range : new int[][] {{0, 20}, {20, 40}, {40, 50}, {50, 60}}) {
            boolean first = range[0] == 0 || range[0] == 40;
            assertThat(correlation(dataset.inputs(), range, 0, 0)).isCloseTo(1, within(0.08));
            double along = Math.exp(-1 / (4 * 1.2 * 1.2));
            double across = Math.exp(-1 / (4 * 0.6 * 0.6));
            assertThat(correlation(dataset.inputs(), range, 0, 1)).isCloseTo(first ? along : across, within(0.08));
            assertThat(correlation(dataset.inputs(), range, 1, 0)).isCloseTo(first ? across : along, within(0.08));
        }
    }

    private static double correlation(Tensor images, int[] range, int dy, int dx) {
        double sum = 0;
        int side = images.size(1);
        for (int q = range[0]; q < range[1]; q++) {
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    for (int c = 0; c < images.size(3); c++) {
                        double here = images.get(q, y, x, c) - 0.3;
                        sum += here * (images.get(q, (y + dy) % side, (x + dx) % side, c) - 0.3);
                    }
                }
            }
        }
        return sum / ((double) (range[1] - range[0]) * side * side * images.size(3));
    }

    @Test
    void valuesOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new TextureSource(1, 3, 4, 0, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("data.side: 1");
        assertThatThrownBy(() -> new TextureSource(4, 0, 4, 0, 0)).hasMessageContaining("data.channels: 0");
        assertThatThrownBy(() -> new TextureSource(4, 1, 3, 0, 0)).hasMessageContaining("data.points: 3");
        assertThatThrownBy(() -> new TextureSource(60000, 3, 4, 0, 0)).hasMessageContaining("2^31");
    }
}

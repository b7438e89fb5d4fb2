package org.widthbench.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SharedFiles;
import org.widthbench.core.io.Npz;

class GaussianSourceTest {

    @Test
    void inputsAreTheNotebooksNormalsAndLabelsChangeHalfWay() {
        Dataset dataset = new GaussianSource(25, 12, 7).load();
        assertThat(dataset.inputs())
                .isEqualTo(Npz.readArray(SharedFiles.require("golden/threefry_normal.npz"), "key7_25x12"));
        assertThat(dataset.targets()).containsExactly(-1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void secondClassHasThePointThatAnOddNumberLeaves() {
        assertThat(new GaussianSource(4, 5, 0).load().targets()).containsExactly(-1, -1, 1, 1, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "25, 1, 0, data.points: 1",
        "25, 0, 0, data.points: 0",
        "25, -2, 0, data.points: -2",
        "0, 10, 0, data.dimension: 0",
        "65536, 65536, 0, data.points: 65536",
        "25, 10, -1, data.seed: -1",
        "25, 10, 4294967296, data.seed: 4294967296",
    })
    void valuesOutsideTheirRangeAreRefusedByKey(int dimension, int points, long seed, String mention) {
        assertThatThrownBy(() -> new GaussianSource(dimension, points, seed))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(mention)
                .hasMessageContaining("expected");
    }
}

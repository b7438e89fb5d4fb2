package org.widthbench.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;
import org.widthbench.core.random.Threefry;

class NpzSourceTest {
    @TempDir
    Path folder;

    private NpzSource source(Object... namesAndArrays) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        for (int i = 0; i < namesAndArrays.length; i += 2) {
            arrays.put((String) namesAndArrays[i], (Tensor) namesAndArrays[i + 1]);
        }
        Path file = folder.resolve("data.npz");
        Npz.write(file, arrays);
        return new NpzSource(file);
    }

    private void assertRefused(NpzSource source, String... mentions) {
        assertThatThrownBy(source::load)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("data.path: " + folder)
                .hasMessageContainingAll(mentions);
    }

    @Test
    void pointsAfterTheLabelledOnesAreTestPoints() {
        Tensor x = Threefry.normal(3, 4, 7);
        Dataset dataset = source("X", x, "y", Tensor.vector(1, -1, 0.5), "other", Tensor.vector(1))
                .load();
        assertThat(dataset.inputs()).isEqualTo(x);
        assertThat(dataset.targets()).containsExactly(1, -1, 0.5);
        assertThat(dataset.points()).isEqualTo(7);
    }

    @Test
    void imagesAreTakenPointFirst() {
        Dataset dataset =
                source("X", Tensor.zeros(5, 8, 8, 3), "y", Tensor.vector(1, -1)).load();
        assertThat(dataset.points()).isEqualTo(5);
        assertThat(dataset.trainingPoints()).isEqualTo(2);
    }

    @Test
    void severalColumnsOfTargetsAreSeveralOutputs() {
        Dataset dataset = source("X", Tensor.zeros(3, 4), "y", Tensor.matrix(new double[][] {{1, 0, 0}, {0, 0, 1}}))
                .load();
        assertThat(dataset.outputs()).isEqualTo(3);
        assertThat(dataset.trainingPoints()).isEqualTo(2);
        assertThat(dataset.targets()).containsExactly(1, 0, 0, 0, 0, 1);
    }

    @Test
    void arraysThatDoNotFitAreRefusedByNameAndShape() {
        Tensor x = Tensor.zeros(3, 4);
        Tensor y = Tensor.vector(1, -1);
        assertRefused(source("x", x, "y", y), "no array 'X'", "[x, y]");
        assertRefused(source("X", x), "no array 'y'");
        assertRefused(source("X", Tensor.zeros(3, 4, 5), "y", y), "'X'", "[3, 4, 5]", "(D,Q)");
        assertRefused(source("X", Tensor.zeros(0, 4), "y", y), "'X'", "[0, 4]", "sizes >= 1");
        assertRefused(source("X", x, "y", Tensor.zeros(2, 1)), "'y'", "[2, 1]");
        assertRefused(source("X", x, "y", Tensor.zeros(0)), "'y'", "1..4");
        assertRefused(source("X", x, "y", Tensor.zeros(5)), "'y'", "1..4");
        assertRefused(source("X", x, "y", Tensor.vector(1, Double.NaN)), "'y'", "NaN", "finite");
        assertRefused(source("X", new Tensor(new int[] {1, 2}, new double[] {1, 1 / 0.0}), "y", y), "'X'", "Infinity");
        assertThatThrownBy(() -> new NpzSource(folder.resolve("absent.npz")).load())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("data.path", "absent.npz", "no such file");
    }
}

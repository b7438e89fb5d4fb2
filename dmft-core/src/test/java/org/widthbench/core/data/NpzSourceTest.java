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

    /** An archive of arrays after their names; a layout may follow. */
    private NpzSource source(Object... namesAndArrays) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        for (int i = 0; i + 1 < namesAndArrays.length; i += 2) {
            arrays.put((String) namesAndArrays[i], (Tensor) namesAndArrays[i + 1]);
        }
        Path file = folder.resolve("data.npz");
        Npz.write(file, arrays);
        return namesAndArrays.length % 2 == 0
                ? new NpzSource(file)
                : new NpzSource(file, (NpzSource.Layout) namesAndArrays[namesAndArrays.length - 1]);
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

    @Test
    void bothLayoutsOfTheSameDataGiveTheSameData() {
        Tensor points = Tensor.matrix(new double[][] {{1, 2, 3}, {4, 5, 6}});
        Tensor dimension = Tensor.matrix(new double[][] {{1, 4}, {2, 5}, {3, 6}});
        Tensor y = Tensor.vector(1, -1);
        assertThat(source("X", points, "y", y, NpzSource.Layout.POINTS_FIRST)
                        .load()
                        .inputs())
                .isEqualTo(dimension);
        // NumPy's transpose(0, 2, 3, 1): (1,2,1,2) to (1,1,2,2).
        Tensor channelsFirst = new Tensor(new int[] {1, 2, 1, 2}, new double[] {1, 2, 3, 4});
        Dataset images = source("X", channelsFirst, "y", Tensor.vector(1), NpzSource.Layout.NCHW)
                .load();
        assertThat(images.inputs()).isEqualTo(new Tensor(new int[] {1, 1, 2, 2}, new double[] {1, 3, 2, 4}));
    }

    /** 6 points of dimension 20, one per row, of which y labels all: in the documented layout 20 points of dimension 6. */
    @Test
    void aLikelyTranspositionIsNamedWithTheKeyThatSettlesIt() {
        Tensor rows = Threefry.normal(0, 6, 20);
        Tensor y = Tensor.vector(1, -1, 1, -1, 1, -1);
        NpzSource unstated = source("X", rows, "y", y);
        Dataset read = unstated.load();
        assertThat(unstated.doubt(read)).hasValueSatisfying(text -> assertThat(text)
                .contains("[6, 20]", "data.layout: points-first", "data.layout: dimension-first"));
        assertThat(unstated.description(read))
                .isEqualTo("data: D = 6, 6 training points (3 of class -1, 3 of class 1), 14 test points, 1 output");
        NpzSource stated = source("X", rows, "y", y, NpzSource.Layout.POINTS_FIRST);
        assertThat(stated.doubt(stated.load())).isEmpty();
        assertThat(stated.description(stated.load()))
                .isEqualTo("data: D = 20, 6 training points (3 of class -1, 3 of class 1), 0 test points, 1 output,"
                        + " layout points-first");
        NpzSource usual = source("X", Threefry.normal(0, 20, 6), "y", y);
        assertThat(usual.doubt(usual.load())).isEmpty();
        assertRefused(source("X", Threefry.normal(0, 6, 4), "y", y), "'y'", "1..4", "points-first");

        NpzSource images = source("X", Tensor.zeros(4, 3, 8, 8), "y", Tensor.vector(1, -1));
        assertThat(images.doubt(images.load()))
                .hasValueSatisfying(text -> assertThat(text).contains("data.layout: nchw"));
        NpzSource colour = source("X", Tensor.zeros(4, 8, 8, 3), "y", Tensor.vector(1, -1));
        assertThat(colour.doubt(colour.load())).isEmpty();
        assertThat(colour.description(colour.load())).contains("images of 8 x 8 pixels and 3 channels");
    }

    @Test
    void aLayoutOfAnotherNumberOfAxesIsRefused() {
        assertThatThrownBy(() -> source("X", Tensor.zeros(3, 4), "y", Tensor.vector(1), NpzSource.Layout.NCHW)
                        .load())
                .hasMessageContainingAll("data.layout: nchw", "dimension-first or points-first", "2 axes");
    }
}

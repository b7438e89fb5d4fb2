package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Python;

/** {@code examples/numpy_networks.py}, whose numbers the documentation quotes. Skipped where NumPy is missing. */
class NumpyNetworksTest {
    private static final Path SCRIPT =
            Path.of("../examples/numpy_networks.py").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private List<String> quick(String command) throws IOException, InterruptedException {
        String program =
                "import runpy, sys; sys.argv = ['', '%s', '--quick']; runpy.run_path('%s', run_name='__main__')"
                        .formatted(command, SCRIPT);
        return Python.with("numpy")
                .run(folder, program)
                .lines()
                .filter(line -> !line.contains("---"))
                .toList();
    }

    private static double[] numbers(String row) {
        return Arrays.stream(row.split("\\|"))
                .skip(2)
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /**
     * Expected numbers: read by eye from the authors' picture, to .005. Their notebook draws inputs and weights from one key and does not
     * centre, which is one network that anybody can repeat.
     */
    @Test
    void theNetworkOfTheNotebookEndsWhereTheAuthorsPictureDoes() throws IOException, InterruptedException {
        List<String> rows = quick("fig6");
        assertThat(rows).hasSize(10);
        double[] losses = numbers(rows.get(9));
        assertThat(rows.get(9)).contains("notebook");
        assertThat(losses[0]).isCloseTo(0.41, within(0.005));
        assertThat(losses[1]).isCloseTo(0.115, within(0.005));
        assertThat(losses[2]).isCloseTo(0.01, within(0.005));
        assertThat(losses[3]).isCloseTo(0.002, within(0.005));
    }

    /** Rows of linear networks, which come to rest: f is the machine of each kernel, with kappa = 2 and not 1. */
    @Test
    void linearNetworksRestWhereTheirKernelsSay() throws IOException, InterruptedException {
        List<String> rows = quick("fixed-points");
        assertThat(rows).hasSize(8);
        double[] linear = numbers(rows.get(7));
        assertThat(rows.get(7)).contains("linear, 4");
        for (int i = 0; i < 3; i++) {
            assertThat(linear[i]).isLessThan(1e-4);
        }
        assertThat(linear[3]).isGreaterThan(0.01);
    }

    @Test
    void figure3IsATableOfCentredAndUncentredNetworks() throws IOException, InterruptedException {
        assertThat(quick("fig3"))
                .hasSize(3)
                .anyMatch(row -> row.contains("True"))
                .anyMatch(row -> row.contains("False"));
    }
}

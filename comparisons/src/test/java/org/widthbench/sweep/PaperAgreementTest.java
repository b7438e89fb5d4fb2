package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.widthbench.core.SharedFiles;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.data.Cifar10Source;
import org.widthbench.core.data.ImageFormat;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.sweep.AlignmentTable.Kernel;
import org.widthbench.training.PrecisionChoice;

/** Networks and theory on the problem of BP22 Figure 1, against what the authors' own run reads and the bar for wide networks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PaperAgreementTest {
    /** Enough that the theory's own noise is far below that of the networks. */
    private static final TheorySettings THEORY = TheorySettings.causal().withSamples(1024);

    /** Of the authors' picture, which shows one run. */
    private static final double READING = 0.03;

    private static final double BAR = 0.98;

    private AlignmentTable table;

    @BeforeAll
    void sweep() {
        table = run(Experiment.standard().withSweep(new SweepSpec(new int[] {50, 100, 500}, 4)));
    }

    @Test
    void narrowNetworksAlignAsInTheAuthorsRun() {
        // A(Phi) at N = 50 and 100, A(G) at N = 100, layers 1 to 3.
        assertMeans(Kernel.PHI, 0, 0.94, 0.92, 0.955);
        assertMeans(Kernel.PHI, 1, 0.97, 0.955, 0.977);
        assertMeans(Kernel.G, 1, 0.975, 0.99, 0.997);
    }

    @Test
    void everyWideNetworkReachesTheBar() {
        assertThat(AlignmentCheck.of("default", wide(table), BAR).failures()).isEmpty();
    }

    @Test
    void misalignmentFallsLikeOneOverWidth() {
        for (Kernel kernel : Kernel.values()) {
            for (int layer = 1; layer <= 3; layer++) {
                double narrow =
                        1 - table.statistics(kernel, layer, table.widths()[0]).mean();
                double wide =
                        1 - table.statistics(kernel, layer, table.widths()[2]).mean();
                // From N = 50 to 500 the mean falls tenfold; four seeds leave a factor of two.
                assertThat(narrow / wide).as("%s_%d", kernel.word(), layer).isBetween(5.0, 20.0);
            }
        }
    }

    @Test
    void wideNetworksReachTheBarOnRealImages() {
        Cifar10Source images =
                new Cifar10Source(SharedFiles.require("data/cifar10"), List.of(0, 1), 10, 0, ImageFormat.standard());
        AlignmentTable onImages =
                run(Experiment.standard().withData(images).withSweep(new SweepSpec(new int[] {500}, 1)));
        assertThat(AlignmentCheck.of("images", onImages, BAR).failures()).isEmpty();
    }

    private void assertMeans(Kernel kernel, int width, double... expected) {
        for (int layer = 1; layer <= expected.length; layer++) {
            assertThat(table.statistics(kernel, layer, table.widths()[width]).mean())
                    .as("A(%s_%d) at N = %d", kernel.word(), layer, table.widths()[width])
                    .isEqualTo(expected[layer - 1], within(READING));
        }
    }

    private static AlignmentTable wide(AlignmentTable table) {
        return new AlignmentTable(
                table.results().stream().filter(result -> result.width() >= 500).toList());
    }

    private static AlignmentTable run(Experiment experiment) {
        try (CpuBackend backend = new CpuBackend()) {
            return SweepRun.of(
                            experiment.withTheory(THEORY),
                            backend,
                            new Networks(PrecisionChoice.FLOAT32),
                            Reporter.SILENT)
                    .table();
        }
    }
}

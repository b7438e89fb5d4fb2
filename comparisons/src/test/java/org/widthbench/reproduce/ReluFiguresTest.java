package org.widthbench.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.OneHiddenLayerSolver;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Style;

class ReluFiguresTest {
    @TempDir
    private Path folder;

    @Test
    void strongerFeatureLearningTrainsFasterInTheoryAndNetworks() throws IOException {
        Experiment tiny = tiny(new TwoLayerFigure(), Training.descent(3, 0.3, 40));
        try (Backend backend = new CpuBackend()) {
            new TwoLayerFigure()
                    .reproduce(tiny, FigureStudy.inMemory(folder, backend, Reporter.SILENT))
                    .writeFigures(folder, Style.PAPER, PageWidth.DOUBLE_COLUMN);
        }
        List<String> csv = Files.readAllLines(folder.resolve("losses.csv"));
        assertThat(csv.get(0)).isEqualTo("gamma0,time,theory,network");
        assertThat(csv).hasSize(1 + 4 * 40);
        // The last step of gamma0 = 0.2 and of gamma0 = 3.
        for (int column : new int[] {2, 3}) {
            assertThat(number(csv.get(4 * 40), column)).isLessThan(0.5 * number(csv.get(40), column));
        }
        assertThat(folder.resolve("fig6-density-final.pdf")).isNotEmptyFile();
    }

    /** Readings by eye, within 0.02 as for all numbers read so; the losses at gamma0 = 2 and 3 are below that. */
    @Test
    void lossesAfterTrainingAreThoseOfTheAuthorsPicture() {
        try (Backend backend = new CpuBackend()) {
            for (int i = 0; i < 2; i++) {
                Training training =
                        Training.descent(TwoLayerFigure.GAMMA0S[i], 0.075, 200).withRecord(199);
                Problem problem =
                        new Problem(new GaussianSource(40, 25, 0).load(), Network.mlp(1, new Relu()), training);
                double loss = new OneHiddenLayerSolver(4096, 0)
                        .solve(problem, backend, Progress.NONE)
                        .results()
                        .finalLoss();
                assertThat(loss).isEqualTo(TwoLayerFigure.READ_LOSS[i], within(0.02));
            }
        }
    }

    @Test
    void regularizedFixedPointsAreKernelMachinesOfTheirFinalKernel() throws IOException {
        RegularizedFigure figure = new RegularizedFigure();
        Problem standard = figure.experiment(TinyFigures.options()).problem();
        assertThat(standard.training().weightDecay() * standard.trainingPoints())
                .as("lambda of the paper")
                .isEqualTo(1, within(1e-12));
        Experiment tiny = tiny(figure, new Training(4, 0.2, 800, 0, 0.25, 0, Training.Dynamics.DESCENT, null));
        try (Backend backend = new CpuBackend()) {
            figure.reproduce(tiny, FigureStudy.inMemory(folder, backend, Reporter.SILENT));
        }
        List<String> csv = Files.readAllLines(folder.resolve("fixed-points.csv"));
        assertThat(csv.get(0))
                .isEqualTo("gamma0,theory_loss,network_loss,target_alignment,representer_error,"
                        + "representer_error_features,representer_error_last_step,drift");
        assertThat(csv).hasSize(1 + 4);
        for (int i = 1; i <= 4; i++) {
            // With kappa = 1 in place of 2 a NumPy network in the standard setting is 0.06 to 0.15 off.
            assertThat(number(csv.get(i), 4)).isBetween(0.0, 0.01);
            assertThat(number(csv.get(i), 5)).isBetween(0.0, 0.01);
            assertThat(number(csv.get(i), 7)).isBetween(0.0, 0.01);
            assertThat(number(csv.get(i), 1)).isLessThan(i == 1 ? 1.0001 : number(csv.get(i - 1), 1));
        }
        // Without learned features everything would decay to f = 0 and a loss of 1.
        assertThat(number(csv.get(4), 1)).isLessThan(0.2);
    }

    /** Slopes that cannot switch: no mean is needed, and rest is reached. {@code docs/theory.md} section 5.1. */
    @Test
    void linearFixedPointIsKernelMachineOfItsLastKernelsToRounding() {
        Training training = new Training(1.5, 0.2, 800, 0, 0.25, 0, Training.Dynamics.DESCENT, null);
        Problem problem = new Problem(new GaussianSource(8, 4, 0).load(), Network.mlp(1, new Linear()), training);
        FixedPoint point;
        try (Backend backend = new CpuBackend()) {
            point = FixedPoint.of(
                    new OneHiddenLayerSolver(512, 0)
                            .solve(problem, backend, Progress.NONE)
                            .results(),
                    problem,
                    100);
        }
        assertThat(List.of(point.features(), point.tangent(), point.lastStep(), point.drift()))
                .allSatisfy(distance -> assertThat(distance).isLessThan(1e-9));
        // Not the trivial fixed point f = 0.
        assertThat(Arrays.stream(point.f()).map(Math::abs).max().orElseThrow()).isGreaterThan(0.3);
    }

    private static Experiment tiny(ExperimentFigure figure, Training training) {
        Experiment standard = figure.experiment(TinyFigures.options());
        return new Experiment(
                new GaussianSource(8, 4, 0),
                standard.network(),
                training,
                standard.theory().withSamples(512),
                new SweepSpec(new int[] {200}, 1));
    }

    private static double number(String row, int column) {
        return Double.parseDouble(row.split(",")[column]);
    }
}

package org.widthbench.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.LinearSolver;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Style;
import org.widthbench.report.Report;

class DeepLinearFigureTest {
    @TempDir
    private Path folder;

    /** Numbers read from the authors' picture by eye; the training time of 2.5 walked in 50 steps in place of 100. */
    @Test
    void kernelsMoveWithDepthAsInTheAuthorsPicture() {
        for (int depth = 2; depth <= 5; depth++) {
            Training training = Training.descent(1.4, 0.05, 50).withRecord(0, 49);
            Problem problem =
                    new Problem(new GaussianSource(40, 20, 0).load(), Network.mlp(depth, new Linear()), training);
            OrderParameters solved =
                    new LinearSolver(1, 0).solve(problem, null, Progress.NONE).results();
            assertThat(DeepLinearFigure.meanMovement(solved))
                    .as("depth " + depth)
                    .isEqualTo(DeepLinearFigure.READ_THEORY[depth - 2], within(0.02));
        }
    }

    @Test
    void writesLossesAndMovementOfEveryDepth() throws IOException {
        DeepLinearFigure figure = new DeepLinearFigure();
        Experiment tiny = new Experiment(
                new GaussianSource(6, 4, 0),
                Network.mlp(5, new Linear()),
                Training.descent(1.4, 0.1, 5),
                figure.experiment(TinyFigures.options()).theory(),
                new SweepSpec(new int[] {200}, 1));
        Report report = figure.reproduce(tiny, FigureStudy.inMemory(folder, null, Reporter.SILENT));
        assertThat(report.summary()).containsEntry("precision", "float32");
        report.writeFigures(folder, Style.PAPER, PageWidth.DOUBLE_COLUMN);
        List<String> losses = Files.readAllLines(folder.resolve("losses.csv"));
        assertThat(losses.get(0)).isEqualTo("depth,time,theory,network");
        assertThat(losses).hasSize(1 + 4 * 5);
        List<String> movement = Files.readAllLines(folder.resolve("movement.csv"));
        assertThat(movement.get(0)).isEqualTo("depth,layer,theory,network");
        assertThat(movement).hasSize(1 + 2 + 3 + 4 + 5);
        assertThat(movement.get(14)).startsWith("5,5,");
        assertThat(folder.resolve("fig2.png")).isNotEmptyFile();
        assertThat(folder.resolve("fig2-gradients-traced.svg")).isNotEmptyFile();
    }
}

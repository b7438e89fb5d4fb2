package org.widthbench.cli;

import java.util.Locale;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.experiment.Networks;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Figure;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Style;
import org.widthbench.figure.XyPanel;
import org.widthbench.training.PrecisionChoice;

/** A small problem solved, trained and drawn: the same numbers on every machine, but for rounding. */
final class SelfTest {
    private static final int SAMPLES = 256;
    private static final int STEPS = 10;
    private static final int WIDTH = 256;

    private SelfTest() {}

    static String numbers() {
        Problem problem = new Problem(
                new GaussianSource(8, 4, 0).load(), Network.mlp(2, new Tanh(0.8)), Training.descent(1, 0.2, STEPS));
        long started = System.nanoTime();
        OrderParameters theory;
        try (Backend backend = new CpuBackend()) {
            theory = new CausalSolver(SAMPLES, 0).solve(problem, backend).results();
        }
        OrderParameters network = Networks.standard(PrecisionChoice.FLOAT64).train(problem, WIDTH, 0, Progress.NONE);
        Comparison comparison = Comparison.of(theory, network);
        return String.format(
                Locale.ROOT,
                "final loss %.8f in theory, %.8f with N = %d; alignment %.6f; %.2f s",
                theory.finalLoss(),
                network.finalLoss(),
                WIDTH,
                comparison.featureAlignment()[0],
                (System.nanoTime() - started) / 1e9);
    }

    static String figures() {
        double[] x = {0, 1};
        Figure figure = Figure.of(
                Style.PAPER,
                PageWidth.SINGLE_COLUMN,
                100,
                XyPanel.over(Axis.linear("Time $t$"), Axis.linear("Loss"))
                        .curve(null, Ink.neutral(), LineStyle.SOLID, x, x)
                        .build());
        return "drawn, " + figure.image(Figure.PNG_DPI).getWidth() + " pixels wide";
    }
}

package org.widthbench.cli;

import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.training.WidthTheory;
import picocli.CommandLine.Option;

/** What the theory of finite width rests on. */
final class DrawsOption {
    @Option(
            names = "--draws",
            paramLabel = "K",
            description =
                    "Resampled networks that theories of finite width rest on (default ${DEFAULT-VALUE}): they give their error"
                            + " bars.")
    private int draws = WidthTheory.Settings.DRAWS;

    int draws() {
        return draws;
    }

    /** @throws InvalidInputException if there are too few; called before any work */
    void check() {
        InvalidInputException.require(draws >= 2, "--draws", draws, "a whole number >= 2");
    }

    /** Computes it. */
    WidthTheory theory(Experiment experiment, Problem problem, Backend backend, Reporter reporter) {
        WidthTheory.Settings settings =
                WidthTheory.Settings.of(problem, draws, experiment.theory().seed());
        return reporter.stage("finite width", progress -> WidthTheory.of(problem, settings, backend, progress));
    }
}

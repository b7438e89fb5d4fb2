package org.widthbench.cli;

import java.util.List;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.training.WidthTheory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether networks are held against what theory says of their width. */
final class WidthTheoryOption {
    @Option(
            names = "--width-theory",
            description =
                    "Also print, and write to DIR/width-agreement.csv, what theory expects of each width with two seeds or more"
                            + " beside what is seen: scatter and bias of the loss, misalignment of every layer.")
    private boolean wanted;

    @Mixin
    private DrawsOption draws;

    /** @throws InvalidInputException if it is wanted of what such theories do not take; called before any work */
    void check(Experiment experiment) {
        draws.check();
        if (wanted) {
            WidthTheory.requireTakes(experiment.training());
        }
    }

    /** What theory expects, if it is wanted. */
    Optional<WidthTheory> expected(Experiment experiment, Problem problem, Backend backend, Reporter reporter) {
        return wanted ? Optional.of(draws.theory(experiment, problem, backend, reporter)) : Optional.empty();
    }

    /** The words that ask for the same again. */
    List<String> words() {
        return wanted ? List.of("--width-theory", "--draws", String.valueOf(draws.draws())) : List.of();
    }
}

package org.widthbench.reproduce;

import java.util.Optional;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Settings;
import org.widthbench.report.Report;

/** A figure about one problem and its networks. */
abstract class ExperimentFigure implements ReproducibleFigure {
    private final String name;
    private final String summary;

    ExperimentFigure(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return summary;
    }

    /**
     * Its settings under the options given.
     *
     * @throws org.widthbench.core.InvalidInputException naming an option that it cannot follow
     */
    abstract Experiment experiment(FigureOptions options);

    /** Computes and draws it, as {@link ReproducibleFigure.Prepared} says. */
    abstract Report reproduce(Experiment experiment, FigureStudy study);

    /** What determines the theory of such an experiment, as {@code solve} would have it. */
    static Settings theory(Experiment experiment, Problem problem) {
        return Settings.of("solve", experiment.toMap()).withData(problem.dataset());
    }

    @Override
    public final Prepared prepare(FigureOptions options) {
        Experiment experiment = experiment(options);
        return new Prepared(experiment.toMap(), Optional.empty(), false, study -> reproduce(experiment, study));
    }
}

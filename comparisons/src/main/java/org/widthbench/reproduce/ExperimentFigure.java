package org.widthbench.reproduce;

import java.nio.file.Path;
import java.util.Map;
import org.widthbench.core.Problem;
import org.widthbench.core.backend.Backend;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.Settings;
import org.widthbench.report.Report;

/** A figure about one problem and its networks. */
interface ExperimentFigure extends ReproducibleFigure {

    /**
     * Its settings under the options given.
     *
     * @throws org.widthbench.core.InvalidInputException naming an option that it cannot follow
     */
    Experiment experiment(FigureOptions options);

    /** As {@link ReproducibleFigure.Prepared#reproduce}. */
    Report reproduce(Experiment experiment, Backend backend, Reporter reporter, Path folder);

    /** What determines the theory of such an experiment, as {@code solve} would have it. */
    default Settings theory(Experiment experiment, Problem problem) {
        return Settings.of("solve", experiment.toMap()).withData(problem.dataset());
    }

    @Override
    default Prepared prepare(FigureOptions options) {
        Experiment experiment = experiment(options);
        return new Prepared() {
            @Override
            public Map<String, Object> settings() {
                return experiment.toMap();
            }

            @Override
            public Report reproduce(Backend backend, Reporter reporter, Path folder) {
                return ExperimentFigure.this.reproduce(experiment, backend, reporter, folder);
            }
        };
    }
}

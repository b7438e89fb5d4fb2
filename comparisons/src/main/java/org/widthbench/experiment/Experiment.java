package org.widthbench.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.problem.Problem;

/**
 * A validated configuration: data, network family and training, which theory and networks share; how the theory is solved;
 * which networks are trained.
 *
 * @param data where inputs and labels come from; read when {@link #problem} is called
 * @param network depth and activation
 * @param training gamma0, learning rate, number of steps
 * @param theory solver and accuracy
 * @param sweep widths and seeds
 */
public record Experiment(DataSource data, Network network, Training training, TheorySettings theory, SweepSpec sweep) {
    private static final int[] STANDARD_WIDTHS = {50, 100, 250, 500, 1000, 2000};

    /** The problem of BP22 Figure 1, as in the authors' notebook. */
    public static Experiment standard() {
        return new Experiment(
                DataSection.standard(),
                Network.mlp(3, new Tanh(0.8)),
                Training.descent(1.0, 0.1, 100),
                TheorySettings.causal(),
                new SweepSpec(STANDARD_WIDTHS, 10));
    }

    /**
     * Reads the data.
     *
     * @throws org.widthbench.core.InvalidInputException if they cannot be read or do not fit the network
     */
    public Problem problem() {
        return new Problem(data.load(), network, training);
    }

    /** {@link #problem()}, and a line that says what the data are, which shows a transposed array. */
    public Problem problem(Reporter reporter) {
        Problem problem = problem();
        describe(problem, reporter);
        return problem;
    }

    /** Says what was read. */
    public void describe(Problem problem, Reporter reporter) {
        reporter.say(data.description(problem.dataset()));
        data.doubt(problem.dataset()).ifPresent(reporter::say);
    }

    /** This experiment on other data. */
    public Experiment withData(DataSource other) {
        return new Experiment(other, network, training, theory, sweep);
    }

    /** This experiment with another theory. */
    public Experiment withTheory(TheorySettings other) {
        return new Experiment(data, network, training, other, sweep);
    }

    /** This experiment with other networks. */
    public Experiment withSweep(SweepSpec other) {
        return new Experiment(data, network, training, theory, other);
    }

    /** All settings, defaults filled in, in the layout of the configuration file, which {@link ExperimentReader} reads. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("data", DataSection.toMap(data));
        map.put("network", ExperimentReader.NETWORK.write(network));
        map.put("training", ExperimentReader.TRAINING.write(training));
        map.put("theory", TheorySettings.KEYS.write(theory));
        map.put("sweep", SweepSpec.KEYS.write(sweep));
        return map;
    }
}

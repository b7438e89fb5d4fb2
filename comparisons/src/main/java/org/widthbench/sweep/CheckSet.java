package org.widthbench.sweep;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;

/**
 * The fixed problems of the named check {@code theory}: what a change of solver or trainer may break, each small enough to be solved
 * and trained in seconds.
 */
public final class CheckSet {
    /** The name by which {@code check} knows the set. */
    public static final String NAME = "theory";
    /** The problem that needs files. */
    public static final String IMAGES = "cifar";

    private static final int[] WIDTHS = {500, 1000, 2000};

    /**
     * The set judges their mean. Networks of N = 500 scatter by .0022 (tanh, Phi of layer 2) to .005 (relu, G of layer 1) around means of
     * .985, so that a single one is below 0.98 by chance a few times in a hundred; the mean of eight is 2 to 5 standard
     * errors above.
     */
    private static final int SEEDS = 8;

    private static final int SAMPLES = 2048;
    private static final int DEPTH = 2;
    private static final int STEPS = 20;
    private static final double ETA = 0.1;
    private static final double MOMENTUM = 0.5;
    private static final double WEIGHT_DECAY = 0.05;
    private static final double BETA = 0.8;

    private CheckSet() {}

    /**
     * The problems by name, in the order of checking.
     *
     * @param images data of the last problem, {@link #IMAGES}, which is left out if they are null
     */
    public static Map<String, Experiment> experiments(DataSource images) {
        DataSource gaussian = new GaussianSource(25, 10, 0);
        Map<String, Experiment> set = new LinkedHashMap<>();
        set.put("tanh", experiment(gaussian, new Tanh(BETA), 0, 0));
        set.put("relu", experiment(gaussian, new Relu(), 0, 0));
        set.put("linear", experiment(gaussian, new Linear(), 0, 0));
        set.put("weight-decay", experiment(gaussian, new Tanh(BETA), 0, WEIGHT_DECAY));
        set.put("momentum", experiment(gaussian, new Tanh(BETA), MOMENTUM, 0));
        if (images != null) {
            set.put(IMAGES, experiment(images, new Tanh(BETA), 0, 0));
        }
        return set;
    }

    private static Experiment experiment(DataSource data, Activation activation, double momentum, double weightDecay) {
        return new Experiment(
                data,
                Network.mlp(DEPTH, activation),
                new Training(1, ETA, STEPS, momentum, weightDecay, 0, Training.Dynamics.DESCENT, null),
                TheorySettings.causal().withSamples(SAMPLES),
                new SweepSpec(WIDTHS, SEEDS));
    }
}

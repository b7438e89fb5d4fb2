package org.widthbench.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Loss;
import org.widthbench.core.Network;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.PerturbationSolver;

/** Reads an {@link Experiment} from YAML; what a section leaves out is as in {@link Experiment#standard}. */
public final class ExperimentReader {
    private static final List<String> SECTIONS = List.of("data", "network", "training", "theory", "sweep");
    private static final List<String> THEORY_KEYS = List.of(
            "solver",
            "samples",
            "seed",
            "toleranceU",
            "toleranceR",
            "residualNoise",
            "exactStart",
            "memory",
            "maxPivots",
            "leadingRows",
            "scrambling",
            "expansion",
            "damping",
            "tolerance",
            "iterations");
    private static final List<String> ACTIVATIONS = List.of("linear", "relu", "tanh", "erf", "softplus");
    private static final String POSITIVE = "a number > 0";
    private static final String COUNT = "a whole number >= 1";
    private static final String TOLERANCE = "a number between 0 and 1";

    /** Slope of tanh in the authors' notebooks. */
    private static final double TANH_BETA = 0.8;

    private static final int DEFAULT_FILTER = 3;

    private ExperimentReader() {}

    /**
     * Reads and validates a configuration.
     *
     * @param file YAML; relative data paths in it are relative to its folder
     * @param overrides {@code path=value} assignments that win over the file
     * @throws InvalidInputException naming file, key path, value and what is allowed
     */
    public static Experiment read(Path file, List<String> overrides) {
        return readGrid(file, overrides).base();
    }

    /**
     * Reads and validates a configuration and every point of its {@code sweep.grid}.
     *
     * @param file YAML; relative data paths in it are relative to its folder
     * @param overrides {@code path=value} assignments that win over the file
     * @throws InvalidInputException naming file, key path, value and what is allowed
     */
    public static ExperimentGrid readGrid(Path file, List<String> overrides) {
        return ConfigFile.read(
                file,
                overrides,
                (root, folder) ->
                        GridReader.expand(root, GridReader.axes(root, folder), tree -> experiment(tree, folder)));
    }

    private static Experiment experiment(ObjectNode root, Path folder) {
        Section sections = new Section("", root).allow("a configuration", SECTIONS);
        Experiment standard = Experiment.standard();
        Network network = network(sections.section("network"), standard.network());
        return new Experiment(
                DataSection.read(sections.section("data"), folder, network.architecture() == Network.Architecture.CNN),
                network,
                training(sections.section("training")),
                theory(sections.section("theory"), standard.theory()),
                sweep(sections.section("sweep"), standard.sweep()));
    }

    static Network network(Section section, Network standard) {
        section.allow("network", List.of("architecture", "depth", "activation", "beta", "kernel", "bias"));
        return layers(
                section,
                section.word("architecture", "mlp", List.of("mlp", "cnn")).equals("cnn"),
                standard);
    }

    /** What is there besides the name of the architecture. */
    static Network layers(Section section, boolean cnn, Network standard) {
        String activation = section.word("activation", "tanh", ACTIVATIONS);
        double beta = section.number("beta", activation.equals("tanh") ? TANH_BETA : 1, POSITIVE);
        int depth = section.whole("depth", standard.depth(), COUNT);
        int kernel = section.whole("kernel", DEFAULT_FILTER, "an odd whole number >= 1");
        return new Network(
                cnn ? Network.Architecture.CNN : Network.Architecture.MLP,
                depth,
                Activation.of(activation, beta),
                cnn ? kernel : 1,
                section.flag("bias", false));
    }

    private static Training training(Section section) {
        section.allow(
                "training",
                List.of(
                        "gamma0",
                        "eta",
                        "steps",
                        "momentum",
                        "weightDecay",
                        "batch",
                        "online",
                        "dynamics",
                        "record",
                        "loss",
                        "schedule"));
        Training standard = Experiment.standard().training();
        int steps = section.whole("steps", standard.steps(), COUNT);
        return new Training(
                section.number("gamma0", standard.gamma0(), "a number > 0 (the limit 0 is theory.solver: static-ntk)"),
                section.number("eta", standard.eta(), POSITIVE),
                steps,
                section.number("momentum", standard.momentum(), "a number in [0, 1)"),
                section.number("weightDecay", standard.weightDecay(), "a number >= 0"),
                countOr(section, "batch", "full"),
                Words.of(
                        Training.Dynamics.class,
                        section.word("dynamics", Words.of(standard.dynamics()), Words.all(Training.Dynamics.class))),
                record(section),
                Words.of(Loss.class, section.word("loss", Words.of(standard.loss()), Words.all(Loss.class))),
                section.numbers("schedule", null, "a list of factors >= 0, one per step"),
                section.flag("online", false));
    }

    /** A whole number, or 0 for the word that stands for it. */
    private static int countOr(Section section, String key, String word) {
        JsonNode value = section.raw(key);
        if (value == null || (value.isTextual() && value.textValue().equals(word))) {
            return 0;
        }
        String allowed = "'" + word + "' or " + COUNT;
        int count = section.whole(key, 0, allowed);
        if (count < 1) {
            throw section.wrong(key, value, allowed);
        }
        return count;
    }

    /** The recorded times; null for all of them. */
    private static int[] record(Section section) {
        JsonNode value = section.raw("record");
        if (value != null && value.isTextual() && value.textValue().equals("all")) {
            return null;
        }
        return section.wholes("record", null, "'all' or ascending times such as [0, 10, 99]");
    }

    static TheorySettings theory(Section section, TheorySettings standard) {
        section.allow("theory", THEORY_KEYS);
        return new TheorySettings(
                Words.of(
                        TheorySettings.Method.class,
                        section.word("solver", Words.of(standard.method()), Words.all(TheorySettings.Method.class))),
                section.whole("samples", standard.samples(), COUNT),
                section.seed("seed", standard.seed()),
                causal(section, standard.causalSolver()),
                Words.of(
                        PerturbationSolver.Form.class,
                        section.word(
                                "expansion", Words.of(standard.expansion()), Words.all(PerturbationSolver.Form.class))),
                new TheorySettings.Alternation(
                        section.number("damping", standard.alternation().damping(), "a number in (0, 1]"),
                        section.number("tolerance", standard.alternation().tolerance(), TOLERANCE),
                        section.whole("iterations", standard.alternation().iterations(), COUNT)));
    }

    private static CausalSolver causal(Section section, CausalSolver standard) {
        return standard.withTolerances(
                        section.number("toleranceU", standard.toleranceU(), TOLERANCE),
                        section.number("toleranceR", standard.toleranceR(), TOLERANCE))
                .withResidualNoise(section.flag("residualNoise", standard.residualNoise()))
                .withForm(Words.of(
                        CausalSolver.Form.class,
                        section.word("memory", Words.of(standard.form()), Words.all(CausalSolver.Form.class))))
                .withMaxPivots(countOr(section, "maxPivots", "auto"))
                .withLeadingRows(
                        section.whole("leadingRows", standard.leadingRows(), "a whole number >= 0"),
                        Words.of(
                                CausalSolver.Scrambling.class,
                                section.word(
                                        "scrambling",
                                        Words.of(standard.scrambling()),
                                        Words.all(CausalSolver.Scrambling.class))))
                .withExactStart(section.flag("exactStart", standard.exactStart()));
    }

    static SweepSpec sweep(Section section, SweepSpec standard) {
        section.allow("sweep", List.of("widths", "seeds", "grid"));
        return new SweepSpec(
                section.wholes("widths", standard.widths(), "a list of whole numbers such as [50, 100, 500]"),
                section.whole("seeds", standard.seeds(), COUNT));
    }
}

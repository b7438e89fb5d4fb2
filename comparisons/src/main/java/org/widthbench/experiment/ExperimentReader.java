package org.widthbench.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.Architectures;
import org.widthbench.core.architecture.Cnn;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Residual;

/** Reads an {@link Experiment} from YAML; what a section leaves out is as in {@link Experiment#standard}. */
public final class ExperimentReader {
    private static final List<String> SECTIONS = List.of("data", "network", "training", "theory", "sweep");
    private static final String POSITIVE = "a number > 0";
    private static final String COUNT = "a whole number >= 1";

    /** Slope of tanh in the authors' notebooks. */
    private static final double TANH_BETA = 0.8;

    private static final Keys<Residual> RESIDUAL =
            new Keys<>("network.residual", Residual.class).key("beta", POSITIVE).key("exponent", "a number >= 0");

    /** The section {@code network}. */
    static final Keys<Network> NETWORK = new Keys<Network>("network", ExperimentReader::network)
            .word("architecture", Architectures.words(), n -> n.architecture().word())
            .key("depth", int.class, COUNT, Network::depth)
            .word("activation", List.of("linear", "relu", "tanh", "erf", "softplus"), network -> network.activation()
                    .name())
            .key("beta", double.class, POSITIVE, network -> network.activation().beta())
            .otherwise((standard, read) -> read.get("activation").equals("tanh") ? TANH_BETA : 1)
            .key("kernel", int.class, "an odd whole number >= 1", ExperimentReader::kernel)
            .otherwise((standard, read) -> Cnn.DEFAULT_KERNEL)
            .spelled(null, null)
            .section("residual", RESIDUAL, Residual.STANDARD, n -> n.architecture()
                    .residual())
            .spelled(null, Residual.NONE)
            .key("bias", boolean.class, "", Network::bias)
            .spelled(null, false);

    /** The section {@code training}. */
    static final Keys<Training> TRAINING = new Keys<>("training", Training.class)
            .key("gamma0", "a number > 0 (the limit 0 is theory.solver: static-ntk)")
            .key("eta", POSITIVE)
            .key("steps", COUNT)
            .key("momentum", "a number in [0, 1)")
            .key("weightDecay", "a number >= 0")
            .key("batch", COUNT)
            .spelled("full", 0)
            .key("online")
            .spelled(null, false)
            .key("dynamics")
            .key("optimizer")
            .spelled(null, Training.Optimizer.SGD)
            .key("loss")
            .key("schedule", "a list of factors >= 0, one per step")
            .spelled(null, null)
            .key("record", int[].class, "ascending times such as [0, 10, 99]", ExperimentReader::record)
            .spelled("all", null);

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

    /** Every key by its dotted path, those of all sources of data among them. */
    public static List<String> paths() {
        Map<String, Collection<String>> sections = new LinkedHashMap<>();
        sections.put("data", DataSection.names());
        sections.put("network", NETWORK.names());
        sections.put("training", TRAINING.names());
        sections.put("theory", TheorySettings.KEYS.names());
        sections.put("sweep", SweepSpec.KEYS.names());
        return sections.entrySet().stream()
                .flatMap(section -> section.getValue().stream().map(name -> section.getKey() + "." + name))
                .toList();
    }

    private static Experiment experiment(ObjectNode root, Path folder) {
        Section sections = new Section("", root, folder).allow("a configuration", SECTIONS);
        Experiment standard = Experiment.standard();
        Network network = NETWORK.read(sections.section("network"), standard.network());
        return new Experiment(
                DataSection.read(
                        sections.section("data"), network.architecture().takesImages()),
                network,
                TRAINING.read(sections.section("training"), standard.training()),
                TheorySettings.KEYS.read(sections.section("theory"), standard.theory()),
                SweepSpec.KEYS.read(sections.section("sweep"), standard.sweep()));
    }

    private static Network network(Map<String, Object> values) {
        Architecture architecture = Architectures.named((String) values.get("architecture"));
        int kernel = architecture.takesImages() ? (int) values.get("kernel") : 1;
        return new Network(
                architecture.with(kernel, (Residual) values.get("residual")),
                (int) values.get("depth"),
                Activation.of((String) values.get("activation"), (double) values.get("beta")),
                (boolean) values.get("bias"));
    }

    private static Integer kernel(Network network) {
        return network.architecture().takesImages() ? network.architecture().kernel() : null;
    }

    /** The recorded times; null for all of them. */
    private static int[] record(Training training) {
        int[] times = training.record();
        return times.length == training.steps() ? null : times;
    }
}

package org.widthbench.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.data.DataSource;
import org.widthbench.training.family.ArchitectureProvider;
import org.widthbench.training.family.Architectures;
import org.widthbench.training.stream.Teacher;

/** Reads a {@link ConsistencySpec} from YAML; what a section leaves out is as in {@link ConsistencySpec#standard}. */
public final class ConsistencyReader {
    private static final List<String> SECTIONS =
            List.of("tasks", "network", "training", "measure", "edge", "sweep", "theory");
    private static final List<String> TEACHER_KEYS =
            List.of("source", "dimension", "degrees", "spectrum", "noise", "seed", "points");
    private static final List<String> IMAGE_KEYS = List.of(
            "source", "dir", "classes", "points", "grayscale", "normalize", "side", "fresh", "shift", "mirror", "seed");
    private static final String COUNT = "a whole number >= 1";
    private static final String POSITIVE = "a number > 0";

    /** Pixels by which a fresh image moves at most unless the task says otherwise. */
    private static final int DEFAULT_SHIFT = 2;

    private ConsistencyReader() {}

    /**
     * Reads and validates a configuration.
     *
     * @param file YAML; relative data paths in it are relative to its folder
     * @param overrides {@code path=value} assignments that win over the file
     * @throws InvalidInputException naming file, key path, value and what is allowed
     */
    public static ConsistencySpec read(Path file, List<String> overrides) {
        return ConfigFile.read(file, overrides, ConsistencyReader::study);
    }

    private static ConsistencySpec study(ObjectNode root, Path folder) {
        Section sections = new Section("", root).allow("a consistency study", SECTIONS);
        ConsistencySpec standard = ConsistencySpec.standard();
        Section layers = sections.section("network");
        layers.allow("network", List.of("architecture", "depth", "activation", "beta", "kernel"));
        ArchitectureProvider architecture =
                Architectures.named(layers.word("architecture", standard.architecture(), Architectures.names()));
        Network network = ExperimentReader.layers(layers, architecture.takesImages(), standard.network());
        ConsistencySpec.Measure measure = measure(sections.section("measure"), standard.measure());
        List<ConsistencyTask> tasks = sections.has("tasks")
                ? tasks(sections.section("tasks"), sections.raw("tasks"), folder, measure.testPoints())
                : standard.tasks();
        return new ConsistencySpec(
                tasks,
                architecture.name(),
                network,
                training(sections.section("training"), standard.training()),
                measure,
                edge(sections, tasks, standard.edge()),
                ExperimentReader.sweep(sections.section("sweep"), standard.sweep()),
                theory(sections, standard.theory()));
    }

    private static ConsistencySpec.Descent training(Section section, ConsistencySpec.Descent standard) {
        section.allow("training of a consistency study", List.of("gamma0", "eta", "steps", "batch"));
        return new ConsistencySpec.Descent(
                section.number("gamma0", standard.gamma0(), POSITIVE),
                section.number("eta", standard.eta(), POSITIVE),
                section.whole("steps", standard.steps(), COUNT),
                section.whole("batch", standard.batch(), COUNT));
    }

    private static ConsistencySpec.Measure measure(Section section, ConsistencySpec.Measure standard) {
        section.allow(
                "measure", List.of("times", "testPoints", "kernelPoints", "sharpnessPoints", "tolerance", "products"));
        int test = section.whole("testPoints", standard.testPoints(), COUNT);
        return new ConsistencySpec.Measure(
                section.whole("times", standard.times(), "a whole number >= 2"),
                test,
                section.whole("kernelPoints", Math.min(test, standard.kernelPoints()), COUNT),
                section.whole("sharpnessPoints", Math.min(test, standard.sharpnessPoints()), COUNT),
                section.number("tolerance", standard.tolerance(), "a number between 0 and 1"),
                section.whole("products", standard.products(), COUNT));
    }

    private static boolean isNone(Section sections, String key) {
        JsonNode value = sections.raw(key);
        return value != null && value.isTextual() && value.textValue().equals("none");
    }

    /** Absent: the standard one; {@code theory: none}: none. Its cap on pivots goes with its samples, so that a section has none of it. */
    private static TheorySettings theory(Section sections, TheorySettings standard) {
        if (isNone(sections, "theory")) {
            return null;
        }
        return sections.has("theory") ? ExperimentReader.theory(sections.section("theory"), standard) : standard;
    }

    /** Absent: the standard one on the last task that is there; {@code edge: none}: none. */
    private static ConsistencySpec.Edge edge(
            Section sections, List<ConsistencyTask> tasks, ConsistencySpec.Edge standard) {
        if (isNone(sections, "edge")) {
            return null;
        }
        Section section = sections.section("edge");
        section.allow("edge", List.of("task", "points", "rates", "steps", "every", "seeds"));
        String task = tasks.stream().anyMatch(t -> t.name().equals(standard.task()))
                ? standard.task()
                : tasks.get(0).name();
        return new ConsistencySpec.Edge(
                section.has("task") ? section.text("task", "the name of a task") : task,
                section.whole("points", standard.points(), COUNT),
                section.numbers("rates", standard.rates(), "ascending learning rates such as [1, 4, 8]"),
                section.whole("steps", standard.steps(), COUNT),
                section.whole("every", standard.every(), COUNT),
                section.whole("seeds", standard.seeds(), COUNT));
    }

    private static List<ConsistencyTask> tasks(Section section, JsonNode node, Path folder, int testPoints) {
        List<ConsistencyTask> tasks = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String name = entry.getKey();
            Section task = section.section(name);
            String word = task.word("source", "teacher", List.of("teacher", "cifar10", "mnist"));
            tasks.add(
                    word.equals("teacher")
                            ? teacher(name, task)
                            : images(name, task, word.equals("cifar10"), folder, testPoints));
        }
        return tasks;
    }

    private static ConsistencyTask teacher(String name, Section section) {
        section.allow("source teacher", TEACHER_KEYS);
        try {
            Teacher teacher = new Teacher(
                    section.whole("dimension", 16, COUNT),
                    section.wholes("degrees", new int[] {1}, "a list of degrees such as [1, 3]"),
                    section.number("spectrum", 0, "a number >= 0"),
                    section.number("noise", 0, "a number >= 0"),
                    section.seed("seed", 0));
            int points = section.whole("points", 0, "a whole number >= 0, 0 for ever new samples");
            return new ConsistencyTask(name, new ConsistencyTask.FromTeacher(teacher), points);
        } catch (InvalidInputException e) {
            throw e.getMessage().startsWith("tasks.")
                    ? e
                    : new InvalidInputException("tasks." + name + "." + e.getMessage(), e);
        }
    }

    private static ConsistencyTask images(String name, Section section, boolean cifar, Path folder, int testPoints) {
        section.allow("source " + (cifar ? "cifar10" : "mnist"), IMAGE_KEYS);
        boolean fresh = section.flag("fresh", true);
        int even = testPoints + testPoints % 2;
        DataSource data = DataSection.images(section, folder, true, cifar, even);
        int shift = section.whole("shift", DEFAULT_SHIFT, "a whole number of pixels >= 0");
        InvalidInputException.require(shift >= 0, "tasks." + name + ".shift", shift, "a whole number of pixels >= 0");
        int points = section.whole("points", 0, "an even whole number >= 2");
        return new ConsistencyTask(
                name,
                new ConsistencyTask.FromImages(data, shift, section.flag("mirror", cifar), section.seed("seed", 0)),
                fresh ? 0 : points);
    }
}

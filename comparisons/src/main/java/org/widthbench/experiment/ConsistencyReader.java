package org.widthbench.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.architecture.Network;
import org.widthbench.training.stream.Teacher;

/** Reads a {@link ConsistencySpec} from YAML; what a section leaves out is as in {@link ConsistencySpec#standard}. */
public final class ConsistencyReader {
    private static final List<String> SECTIONS =
            List.of("tasks", "network", "training", "measure", "edge", "sweep", "theory");
    private static final Teacher TEACHER = new Teacher(16, new int[] {1}, 0, 0, 0);

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
        Section sections = new Section("", root, folder).allow("a consistency study", SECTIONS);
        ConsistencySpec standard = ConsistencySpec.standard();
        Network network = ExperimentReader.NETWORK.read(sections.section("network"), standard.network());
        ConsistencySpec.Measure measure =
                ConsistencySpec.Measure.KEYS.read(sections.section("measure"), standard.measure());
        List<ConsistencyTask> tasks =
                sections.has("tasks") ? tasks(sections.section("tasks"), measure.testPoints()) : standard.tasks();
        return new ConsistencySpec(
                tasks,
                network,
                ConsistencySpec.Descent.KEYS.read(sections.section("training"), standard.training()),
                measure,
                edge(sections, tasks, standard.edge()),
                SweepSpec.KEYS.read(sections.section("sweep"), standard.sweep()),
                theory(sections, standard.theory()));
    }

    /** Absent: the standard one; {@code theory: none}: none. Its cap on pivots goes with its samples, so that a section has none of it. */
    private static TheorySettings theory(Section sections, TheorySettings standard) {
        return sections.isWord("theory", ConsistencySpec.NONE)
                ? null
                : TheorySettings.KEYS.read(sections.section("theory"), standard);
    }

    /** Absent: the standard one on the last task that is there; {@code edge: none}: none. */
    private static ConsistencySpec.Edge edge(
            Section sections, List<ConsistencyTask> tasks, ConsistencySpec.Edge standard) {
        if (sections.isWord("edge", ConsistencySpec.NONE)) {
            return null;
        }
        boolean known = tasks.stream().anyMatch(task -> task.name().equals(standard.task()));
        return ConsistencySpec.Edge.KEYS.read(
                sections.section("edge"),
                known
                        ? standard
                        : ConsistencySpec.Edge.KEYS.with(
                                standard, Map.of("task", tasks.get(0).name())));
    }

    private static List<ConsistencyTask> tasks(Section section, int testPoints) {
        List<ConsistencyTask> tasks = new ArrayList<>();
        section.node().fieldNames().forEachRemaining(name -> {
            Section task = section.section(name);
            String word = task.word("source", "teacher", List.of("teacher", "cifar10", "mnist"));
            tasks.add(word.equals("teacher") ? teacher(name, task) : images(name, task, word, testPoints));
        });
        return tasks;
    }

    private static ConsistencyTask teacher(String name, Section section) {
        try {
            Teacher teacher = ConsistencyTask.FromTeacher.KEYS.read(section, TEACHER);
            String allowed = "a whole number >= 0, 0 for ever new samples";
            int points = (int) section.or(0, "points", int.class, allowed);
            return new ConsistencyTask(name, new ConsistencyTask.FromTeacher(teacher), points);
        } catch (InvalidInputException e) {
            throw e.getMessage().startsWith("tasks.")
                    ? e
                    : new InvalidInputException("tasks." + name + "." + e.getMessage(), e);
        }
    }

    private static ConsistencyTask images(String name, Section section, String source, int testPoints) {
        Keys<DataSection.Images> keys = DataSection.Images.keys("");
        List<String> known = new ArrayList<>(keys.names());
        known.remove("testPoints");
        known.addAll(ConsistencyTask.FromImages.KEYS.names());
        section.allow("source " + source, known);
        boolean cifar = source.equals("cifar10");
        DataSection.Images images = keys.part(section, DataSection.Images.standard(testPoints + testPoints % 2));
        ConsistencyTask.FromImages from = ConsistencyTask.FromImages.KEYS.part(
                section, new ConsistencyTask.FromImages(images.source(cifar, true), DEFAULT_SHIFT, cifar, 0));
        section.require(from.shift() >= 0, "shift", "a whole number of pixels >= 0");
        boolean fresh = (boolean) section.or(true, "fresh", boolean.class, "");
        return new ConsistencyTask(name, from, fresh ? 0 : images.points());
    }
}

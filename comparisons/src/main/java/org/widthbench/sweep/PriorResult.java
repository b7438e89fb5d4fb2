package org.widthbench.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.Sha256;
import org.widthbench.experiment.Archive;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.Identity;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.Settings;

/** What a folder holds already, and whether a new result may take its place. */
final class PriorResult {
    private static final List<String> FILES = List.of(
            ResultFiles.SUMMARY,
            "check.json",
            "junit.xml",
            "alignment.csv",
            ResultKind.THEORY.file(),
            ResultKind.NETWORK.file(),
            Manifest.FILE);

    /** The two that may share a folder, if they are of one problem. */
    private static final Map<String, String> ARCHIVES =
            Map.of("solve", ResultKind.THEORY.file(), "train", ResultKind.NETWORK.file());

    private static final String[] PROBLEM = {"data", "network", "training"};

    private PriorResult() {}

    /**
     * Lets a result of the same settings through, whatever its code, and says so if that differs.
     *
     * @param unfinished settings of work that was begun here
     * @throws InvalidInputException naming what differs, unless {@code force}, which deletes what is there
     */
    static void admit(
            Path folder, Settings settings, Optional<Settings> unfinished, boolean force, Consumer<String> say) {
        Optional<JsonNode> summary = summary(folder);
        List<String> differences = differences(folder, settings, summary, unfinished);
        if (differences.isEmpty()) {
            String code = summary.map(s -> s.at("/identityParts/code").asText()).orElse("");
            if (!code.isEmpty() && !code.equals(Code.hash())) {
                say.accept(folder + ": holds a result of other code; it is computed again");
            }
            return;
        }
        String what = "holds a result of other settings: " + String.join("; ", differences);
        if (!force) {
            throw new InvalidInputException(
                    "--out " + folder + ": " + what + "; choose another folder, or replace it with --force");
        }
        say.accept(folder + ": " + what + "; it is replaced");
        delete(folder);
    }

    private static Optional<JsonNode> summary(Path folder) {
        return Json.read(folder.resolve(ResultFiles.SUMMARY)).or(() -> Json.read(folder.resolve("check.json")));
    }

    private static List<String> differences(
            Path folder, Settings settings, Optional<JsonNode> summary, Optional<Settings> unfinished) {
        String file = ARCHIVES.get(settings.result());
        Optional<Identity> identity = file == null ? Optional.empty() : Archive.identity(folder.resolve(file));
        if (identity.isPresent() && identity.get().configuration().equals(Sha256.of(settings.text()))) {
            // Also where a kill left it beside the summary of an earlier run.
            return List.of();
        }
        Settings there = summary.map(Settings::of)
                .or(() -> holdsParts(folder) ? unfinished : Optional.empty())
                .orElse(null);
        List<String> differences = new ArrayList<>();
        if (there == null) {
            if (summary.filter(s -> s.has("provenance")).isPresent()) {
                differences.add("a summary that does not tell its settings");
            } else if (identity.isPresent()) {
                differences.add(file + " is of others");
            }
        } else if (file != null
                && ARCHIVES.containsKey(there.result())
                && !there.result().equals(settings.result())) {
            differences.addAll(settings.differences(there, PROBLEM));
            if (identity.isPresent()) {
                differences.add(file + " is of others");
            }
        } else {
            differences.addAll(settings.differences(there));
        }
        return differences;
    }

    /** Whether finished parts of work lie there, which may be unfinished. */
    static boolean holdsParts(Path folder) {
        return Stream.of("tasks", "points").anyMatch(place -> {
            try (Stream<Path> files = Files.list(folder.resolve(place))) {
                return files.findAny().isPresent();
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** What belongs to the result: the files of its manifest, and those that every result has. */
    private static void delete(Path folder) {
        Set<String> names = new java.util.TreeSet<>(FILES);
        names.addAll(Manifest.read(folder).keySet());
        Path root = folder.toAbsolutePath().normalize();
        for (String name : names) {
            Path file = root.resolve(name).normalize();
            if (file.startsWith(root) && !Files.isDirectory(file)) {
                AtomicFile.delete(file);
            }
        }
    }
}

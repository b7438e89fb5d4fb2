package org.widthbench.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.IoFailure;
import org.widthbench.experiment.Archive;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.Manifest;

/**
 * What {@code reproduce}, {@code sweep}, {@code check}, {@code solve} or {@code train} left in a folder.
 *
 * @param folder where
 * @param summary {@code summary.json}, or {@code check.json} of a check
 * @param rows of {@code alignment.csv}; empty without one
 * @param theoryLoss {@code (T)} loss of {@code theory.npz}
 * @param networkLoss {@code (T)} loss of {@code network.npz}
 * @param picture the SVG file of the run's figure
 */
record RunFolder(
        Path folder,
        JsonNode summary,
        List<Row> rows,
        Optional<double[]> theoryLoss,
        Optional<double[]> networkLoss,
        Optional<Path> picture) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHECK = "check.json";
    /** Bytes; it goes into the page. The figures of this program hold some hundred thousand. */
    private static final long LARGEST_PICTURE = 1 << 24;

    private static final String ALIGNMENT = "alignment.csv";

    /** One line of {@code alignment.csv}. */
    record Row(int width, long seed, String kernel, int layer, double alignment, double lossDistance) {}

    /** @throws InvalidInputException naming the file that is missing or damaged */
    static RunFolder read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException("DIR: " + folder + " is not a folder; expected one that reproduce, sweep,"
                    + " check, solve or train wrote");
        }
        Path summary = folder.resolve(ResultFiles.SUMMARY);
        if (!Files.exists(summary)) {
            summary = folder.resolve(CHECK);
        }
        if (!Files.exists(summary)) {
            throw new InvalidInputException("DIR: " + folder + " holds neither " + ResultFiles.SUMMARY + " nor " + CHECK
                    + "; expected a folder that reproduce, sweep, check, solve or train wrote");
        }
        Path table = folder.resolve(ALIGNMENT);
        Path theory = folder.resolve(ResultKind.THEORY.file());
        Path network = folder.resolve(ResultKind.NETWORK.file());
        Optional<Path> picture = picture(folder);
        JsonNode read = json(summary);
        List<Path> shown = new ArrayList<>(List.of(summary, table, theory, network));
        picture.ifPresent(shown::add);
        List<Row> rows = Files.exists(table) ? rows(table) : List.of();
        RunFolder run = new RunFolder(folder, read, rows, loss(theory), loss(network), picture);
        Manifest.verify(folder, shown);
        return run;
    }

    /** Whether the run tells what it is, so that its files were compared with that. */
    boolean isVerified() {
        return summary.has("identity");
    }

    /** What is written under {@code provenance}, by dotted keys; empty if it is not there. */
    String provenance(String key) {
        JsonNode node = summary.at("/provenance/" + key.replace('.', '/'));
        return node.isMissingNode() || node.isNull() ? "" : node.isValueNode() ? node.asText() : node.toString();
    }

    /** The configuration with all defaults filled in. */
    JsonNode configuration() {
        return summary.at("/provenance/configuration");
    }

    /** A number of the summary. */
    Optional<Double> number(String key) {
        JsonNode node = summary.path(key);
        return node.isNumber() ? Optional.of(node.doubleValue()) : Optional.empty();
    }

    /** A link may lead out of the folder, and reading a pipe may never end. */
    private static boolean isPlain(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path requirePlain(Path file) {
        if (!isPlain(file)) {
            throw new InvalidInputException(
                    file + ": is no plain file but a link, a pipe or the like; put the file itself there");
        }
        return file;
    }

    private static JsonNode json(Path file) {
        requirePlain(file);
        byte[] bytes = IoFailure.during("read " + file, () -> Files.readAllBytes(file));
        try {
            JsonNode tree = JSON.readTree(bytes);
            if (!tree.isObject()) {
                throw new InvalidInputException(file + ": is not a JSON object; run the command again");
            }
            ResultFiles.requireUnaltered(file, tree);
            return tree;
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(
                    file + ": is damaged (" + e.getOriginalMessage() + "); run the command again", e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static List<Row> rows(Path file) {
        requirePlain(file);
        List<String> lines = IoFailure.during("read " + file, () -> Files.readAllLines(file));
        if (lines.isEmpty() || !(lines.get(0) + ",").startsWith(AlignmentTable.HEADER + ",")) {
            throw new InvalidInputException(
                    file + ": the first line is not " + AlignmentTable.HEADER + "; run the command again");
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            rows.add(row(file, i + 1, lines.get(i)));
        }
        return List.copyOf(rows);
    }

    private static Row row(Path file, int number, String line) {
        String[] cells = line.split(",", -1);
        try {
            // A grid's table has a column per axis behind these.
            if (cells.length >= AlignmentTable.HEADER.split(",", -1).length) {
                double alignment = Double.parseDouble(cells[4]);
                double distance = Double.parseDouble(cells[5]);
                if (Double.isFinite(alignment) && Double.isFinite(distance)) {
                    return new Row(
                            Integer.parseInt(cells[0]),
                            Long.parseLong(cells[1]),
                            cells[2],
                            Integer.parseInt(cells[3]),
                            alignment,
                            distance);
                }
            }
        } catch (NumberFormatException e) {
            throw damaged(file, number, e);
        }
        throw damaged(file, number, null);
    }

    private static InvalidInputException damaged(Path file, int number, Exception cause) {
        return new InvalidInputException(
                file + ": line " + number + " is damaged; expected " + AlignmentTable.HEADER
                        + "; run the command again",
                cause);
    }

    private static Optional<double[]> loss(Path archive) {
        return Files.exists(archive)
                ? Optional.of(array(ResultFiles.verified(requirePlain(archive)), "loss")
                        .data())
                : Optional.empty();
    }

    private static Tensor array(Archive archive, String name) {
        Tensor array = archive.arrays().get(name);
        if (array == null) {
            throw new InvalidInputException(archive.file() + ": has no array '" + name + "'; it holds "
                    + archive.arrays().keySet());
        }
        return array;
    }

    // Panels have longer names than the figure that they are part of.
    private static Optional<Path> picture(Path folder) {
        return IoFailure.during("read " + folder, () -> {
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(file -> file.toString().endsWith(".svg")
                                && isPlain(file)
                                && file.toFile().length() <= LARGEST_PICTURE)
                        .min(Comparator.comparingInt(
                                        (Path file) -> file.toString().length())
                                .thenComparing(Comparator.naturalOrder()));
            }
        });
    }
}

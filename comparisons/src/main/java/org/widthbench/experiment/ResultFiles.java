package org.widthbench.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.Npz;
import org.widthbench.core.io.Sha256;
import org.widthbench.core.problem.OrderParameters;

/** The archive and the summary of one result, in the layout that the README states. */
public final class ResultFiles {
    /** Name of the summary beside every archive. */
    public static final String SUMMARY = "summary.json";

    /** Key of the summary's own SHA-256. */
    static final String CHECKSUM = "checksum";

    private ResultFiles() {}

    /**
     * Writes {@code theory.npz} or {@code network.npz} and {@code summary.json}.
     *
     * @param folder made if it does not exist
     * @param data of the problem
     * @param seconds time of the numerical work alone
     * @param details further entries of the summary
     * @throws SolverException naming the array and index of a number that is not finite; nothing is written
     */
    public static void write(
            Path folder,
            ResultKind kind,
            OrderParameters result,
            Dataset data,
            double seconds,
            Map<String, ?> details,
            Provenance provenance) {
        Map<String, Tensor> arrays = archive(result, data);
        Identity identity = Identity.of(provenance.settings(), arrays);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put(kind.secondsKey(), seconds);
        summary.put("finalLoss", result.finalLoss());
        summary.putAll(details);
        String json = summary(summary, provenance, identity);
        write(folder.resolve(kind.file()), arrays, identity);
        AtomicFile.writeText(folder.resolve(SUMMARY), json);
    }

    /**
     * Writes an archive alone. All numbers are looked at before the first byte is written.
     *
     * @param data of the problem
     * @param settings that determine the result
     * @throws SolverException naming the array and index of a number that is not finite; nothing is written
     */
    public static void writeArchive(Path file, OrderParameters result, Dataset data, Settings settings) {
        Map<String, Tensor> arrays = archive(result, data);
        write(file, arrays, Identity.of(settings, arrays));
    }

    /**
     * Writes arrays that belong to no one network or theory.
     *
     * @throws SolverException naming the array and index of a number that is not finite; nothing is written
     */
    public static void writeArrays(Path file, Map<String, Tensor> arrays, Settings settings) {
        arrays.forEach(ResultFiles::requireFinite);
        write(file, arrays, Identity.of(settings, arrays));
    }

    private static Map<String, Tensor> archive(OrderParameters result, Dataset data) {
        Map<String, Tensor> arrays = arrays(result);
        arrays.putAll(arrays(data));
        arrays.forEach(ResultFiles::requireFinite);
        return arrays;
    }

    /** The arrays {@code X} and {@code y} of data, which {@code data.source: npz} reads. */
    public static Map<String, Tensor> arrays(Dataset data) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("X", data.inputs());
        arrays.put(
                "y",
                data.outputs() == 1
                        ? Tensor.vector(data.targets())
                        : new Tensor(new int[] {data.trainingPoints(), data.outputs()}, data.targets()));
        return arrays;
    }

    private static void write(Path file, Map<String, Tensor> arrays, Identity identity) {
        Map<String, Tensor> all = new LinkedHashMap<>(arrays);
        all.put(Identity.ARRAY, identity.toTensor());
        Npz.write(file, all, Set.of(Identity.ARRAY));
    }

    /** Writes {@code summary.json}: the entries given, the identity of the archive beside it, the provenance. */
    public static void writeSummary(Path folder, Map<String, ?> entries, Provenance provenance) {
        writeSummary(folder, SUMMARY, entries, provenance);
    }

    /** Writes a summary under a name of its own. */
    public static void writeSummary(Path folder, String name, Map<String, ?> entries, Provenance provenance) {
        Identity identity = Archive.identity(folder.resolve(ResultKind.THEORY.file()))
                .orElseGet(() -> Identity.of(provenance.settings(), Map.of()));
        AtomicFile.writeText(folder.resolve(name), summary(entries, provenance, identity));
    }

    private static String summary(Map<String, ?> entries, Provenance provenance, Identity identity) {
        Map<String, Object> summary = new LinkedHashMap<>(entries);
        Map<String, Object> origin = provenance.toMap();
        for (String key : List.of("seed", "backend")) {
            if (entries.containsKey(key)) {
                origin.put(key, entries.get(key));
            }
        }
        summary.put("identity", identity.whole());
        summary.put("identityParts", identity.parts());
        summary.put("settings", provenance.settings().toMap());
        summary.put("provenance", origin);
        return Json.text(Json.sealed(CHECKSUM, summary));
    }

    /** The named arrays of a result, in the order of the README. */
    public static Map<String, Tensor> arrays(OrderParameters result) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put(
                "times",
                Tensor.vector(Arrays.stream(result.times()).asDoubleStream().toArray()));
        arrays.putAll(result.arrays());
        return arrays;
    }

    /**
     * Reads a result back.
     *
     * @throws InvalidInputException naming file and array if it is not one, or if its arrays are not those of its identity
     */
    public static OrderParameters read(Path file) {
        return orderParameters(Archive.read(file));
    }

    /** @throws InvalidInputException if a summary was altered since it was written; one without a checksum is let through */
    public static void requireUnaltered(Path file, JsonNode summary) {
        if (summary.has(CHECKSUM) && !Json.isSealed(CHECKSUM, summary)) {
            throw new InvalidInputException(
                    file + ": was altered since it was written; run the command that wrote it again");
        }
    }

    /**
     * Reads an archive, and compares it with the summary beside it if that is a summary of it.
     *
     * @throws InvalidInputException if the archive or the summary was altered, or the two are of different runs
     */
    public static Archive verified(Path file) {
        Archive archive = Archive.read(file);
        Path beside = file.resolveSibling(SUMMARY);
        Optional<JsonNode> summary = Json.read(beside).filter(tree -> file.endsWith(about(tree)));
        if (summary.isPresent()) {
            requireUnaltered(beside, summary.get());
            String expected = summary.get().get("identity").asText();
            if (!archive.identity()
                    .map(identity -> identity.whole().equals(expected))
                    .orElse(false)) {
                throw new InvalidInputException(file + " and " + beside.getFileName()
                        + " beside it are of different runs: one was put there by hand, or a run was stopped while it wrote; run the"
                        + " command again");
            }
        }
        return archive;
    }

    /** The archive that a summary is about, "none" if there is none. */
    private static String about(JsonNode summary) {
        if (!summary.has("identity")
                || summary.at("/identityParts/arrays").asText().equals(Sha256.of(Map.of()))) {
            return "none";
        }
        return summary.at("/settings/result").asText().equals("train")
                ? ResultKind.NETWORK.file()
                : ResultKind.THEORY.file();
    }

    /**
     * The result in an archive.
     *
     * @throws InvalidInputException naming file and array if there is none
     */
    public static OrderParameters orderParameters(Archive archive) {
        Path file = archive.file();
        Map<String, Tensor> arrays = new LinkedHashMap<>(archive.arrays());
        double[] times = array(file, arrays, "times", 1).data();
        arrays.keySet().removeAll(Set.of("times", "X", "y"));
        OrderParameters result =
                new OrderParameters(Arrays.stream(times).mapToInt(t -> (int) t).toArray(), arrays);
        array(file, arrays, "loss", 1);
        perOutput(file, arrays, "delta");
        perOutput(file, arrays, "f");
        array(file, arrays, "ntk", 3);
        for (int l = 1; l <= Math.max(result.depth(), 1); l++) {
            array(file, arrays, "Phi_" + l, 4);
            array(file, arrays, "G_" + l, 4);
            array(file, arrays, "h_" + l, 3);
            array(file, arrays, "z_" + l, 3);
        }
        try {
            arrays.forEach(ResultFiles::requireFinite);
        } catch (SolverException e) {
            throw new InvalidInputException(file + ": " + e.getMessage(), e);
        }
        return result;
    }

    private static Tensor array(Path file, Map<String, Tensor> arrays, String name, int rank) {
        Tensor array = arrays.get(name);
        if (array == null) {
            throw new InvalidInputException(file + ": has no array " + name
                    + "; expected a theory.npz or network.npz written by solve or train");
        }
        if (array.rank() != rank) {
            throw new InvalidInputException(file + ": " + name + " has shape " + Arrays.toString(array.shape())
                    + "; expected " + rank + " axes");
        }
        return array;
    }

    /** Two axes, or three of a network of several outputs. */
    private static void perOutput(Path file, Map<String, Tensor> arrays, String name) {
        boolean several = arrays.containsKey(name) && arrays.get(name).rank() == 3;
        array(file, arrays, name, several ? 3 : 2);
    }

    private static void requireFinite(String name, Tensor array) {
        double[] data = array.data();
        for (int i = 0; i < data.length; i++) {
            if (!Double.isFinite(data[i])) {
                throw new SolverException(name + " holds " + data[i] + " at flat index " + i + " of shape "
                        + Arrays.toString(array.shape()) + "; nothing was written");
            }
        }
    }
}

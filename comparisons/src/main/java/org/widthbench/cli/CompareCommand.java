package org.widthbench.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.widthbench.comparison.SharedArrays;
import org.widthbench.comparison.SharedArrays.KernelDistance;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;
import org.widthbench.experiment.Archive;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "compare",
        header = "Compare two results: kernels per layer, loss curves, predictions.",
        description = {
            "Each is a theory.npz or network.npz, the folder of one, or an archive of another program with the array times and"
                    + " some of loss, f, Phi_1.., G_1.., ntk, h_1.., or samples phi_1.. and g_1.. (R,Q,N), of which kernels are"
                    + " made. What both have is compared, at the times that both recorded; the rest is named.",
            "",
            "The alignment of two kernels is <A,B> / (|A| |B|) over all times and points, 1 when they are proportional; the"
                    + " ratio of their norms |B| / |A| and their distance |A - B| / |A| tell whether they are equal. The loss"
                    + " distance is the largest difference of the two loss curves at any step, the prediction distance the"
                    + " root mean square difference of the predictions f. Densities of the fields h and z are compared at the first"
                    + " and the last time by the largest difference of their cumulative distributions (mean over points).",
            "",
            "Results of different problems (data, network or training) are compared as far as they go, and the exit code is 1."
                    + " Of an archive of another program only the arrays X and y tell."
        },
        footer = {
            "  widthbench compare theory/theory.npz network/network.npz",
            "  widthbench compare theory network --json"
        })
final class CompareCommand extends Subcommand {
    private static final List<String> DATA = List.of("X", "y");
    private static final String[] PROBLEM = {"data", "network", "training"};
    /** Of a number kept in float32, relative to the largest: 2^-24 is half a unit in its last place. */
    private static final double FLOAT_ROUNDING = 0x1p-23;

    @Parameters(index = "0", paramLabel = "A.npz", description = "One result, or its folder.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B.npz", description = "The other.")
    private Path second;

    @Option(names = "--json", description = "Print JSON in place of the table.")
    private boolean json;

    @Option(names = "--force", description = "Exit with 0 though the problems are different.")
    private boolean force;

    @Override
    public Integer call() {
        Archive a = ResultFiles.verified(archive(first));
        Archive b = ResultFiles.verified(archive(second));
        SharedArrays shared = shared(a, b);
        List<String> differences = differences(a, b);
        if (json) {
            out().print(Json.text(tree(a, b, shared, differences)));
        } else {
            print(a, b, shared, differences);
        }
        return differences.isEmpty() || force ? Main.OK : Main.CHECK_FAILED;
    }

    /** The archive in a folder. */
    private static Path archive(Path given) {
        if (!Files.isDirectory(given)) {
            return given;
        }
        List<Path> found = Arrays.stream(ResultKind.values())
                .map(kind -> given.resolve(kind.file()))
                .filter(Files::exists)
                .toList();
        if (found.size() != 1) {
            throw new InvalidInputException(given + ": holds "
                    + (found.isEmpty() ? "neither theory.npz nor network.npz" : "theory.npz and network.npz; name one")
                    + "; expected a result of solve or train");
        }
        return found.get(0);
    }

    private static SharedArrays shared(Archive a, Archive b) {
        SharedArrays shared;
        try {
            shared = SharedArrays.of(a.arrays(), b.arrays(), activation(a, b));
        } catch (InvalidInputException e) {
            throw new InvalidInputException(a.file() + " and " + b.file() + ": " + e.getMessage(), e);
        }
        if (shared.kernels().isEmpty()
                && shared.densities().isEmpty()
                && shared.others().isEmpty()
                && shared.lossDistance() == null
                && shared.predictionDistance() == null) {
            throw new InvalidInputException(
                    a.file() + " and " + b.file() + ": have no array in common that can be compared"
                            + (shared.left().isEmpty() ? "" : ": " + String.join("; ", shared.left()))
                            + "; expected some of loss, f, Phi_1.., G_1.., ntk, h_1.. or phi_1.., g_1..");
        }
        return shared;
    }

    /** How the problems differ; nothing if they do not, or nothing tells. */
    private static List<String> differences(Archive a, Archive b) {
        List<String> differences = new ArrayList<>();
        for (String name : DATA) {
            Tensor x = a.arrays().get(name);
            Tensor y = b.arrays().get(name);
            if (x != null && y != null && !same(x, y)) {
                differences.add(name + " of shape " + Arrays.toString(x.shape()) + " and " + Arrays.toString(y.shape())
                        + (Arrays.equals(x.shape(), y.shape()) ? ", other numbers" : ""));
            }
        }
        boolean known = a.identity().isPresent() && b.identity().isPresent();
        if (known && !a.identity().get().problem().equals(b.identity().get().problem())) {
            List<String> settings = new ArrayList<>();
            Settings one = settings(a);
            Settings other = settings(b);
            if (one != null && other != null) {
                settings.addAll(one.differences(other, PROBLEM));
                settings.removeIf(difference -> difference.startsWith("training.record ")
                        || (!differences.isEmpty() && difference.equals(Settings.CONTENT)));
            }
            differences.addAll(settings);
            if (differences.isEmpty()) {
                differences.add((dataCompared(a, b) ? "" : "data, ")
                        + "network or training; the summary.json of both beside them would say what");
            }
        }
        return differences;
    }

    private static boolean dataCompared(Archive a, Archive b) {
        return Stream.of(a, b).allMatch(archive -> archive.arrays().keySet().containsAll(DATA));
    }

    /** Whether one may be a copy of the other in float32; labels {@code (P,1)} are labels {@code (P)}. */
    private static boolean same(Tensor x, Tensor y) {
        int[] shape = Arrays.stream(x.shape()).filter(size -> size > 1).toArray();
        int[] other = Arrays.stream(y.shape()).filter(size -> size > 1).toArray();
        double largest = Arrays.stream(x.data()).map(Math::abs).max().orElse(0);
        return Arrays.equals(shape, other)
                && IntStream.range(0, x.data().length)
                        .allMatch(i -> Math.abs(x.data()[i] - y.data()[i]) <= FLOAT_ROUNDING * largest);
    }

    /** The activation of the one that tells it; null if neither does. */
    private static Activation activation(Archive a, Archive b) {
        return Stream.of(a, b)
                .map(CompareCommand::settings)
                .filter(settings -> settings != null && settings.configuration().get("network") instanceof Map<?, ?>)
                .map(settings -> (Map<?, ?>) settings.configuration().get("network"))
                .filter(network -> network.get("activation") != null && network.get("beta") instanceof Number)
                .findFirst()
                .map(network -> Activation.of(
                        network.get("activation").toString(), ((Number) network.get("beta")).doubleValue()))
                .orElse(null);
    }

    /** What the summary beside an archive tells of it; null if there is none. */
    private static Settings settings(Archive archive) {
        if (archive.identity().isEmpty()) {
            return null;
        }
        return Json.read(archive.file().resolveSibling(ResultFiles.SUMMARY))
                .filter(summary -> summary.path("identity")
                        .asText()
                        .equals(archive.identity().get().whole()))
                .map(Settings::of)
                .orElse(null);
    }

    private void print(Archive a, Archive b, SharedArrays shared, List<String> differences) {
        print(
                "%-6s%12s%12s%12s%12s%12s%12s%n",
                "layer", "A(Phi)", "A(G)", "ratio Phi", "ratio G", "dist Phi", "dist G");
        for (int l = 1; l <= depth(shared); l++) {
            KernelDistance phi = shared.kernels().get("Phi_" + l);
            KernelDistance g = shared.kernels().get("G_" + l);
            print(
                    "%-6d%12s%12s%12s%12s%12s%12s%n",
                    l,
                    cell("%.6f", phi, KernelDistance::alignment),
                    cell("%.6f", g, KernelDistance::alignment),
                    cell("%.5g", phi, KernelDistance::normRatio),
                    cell("%.5g", g, KernelDistance::normRatio),
                    cell("%.3g", phi, KernelDistance::distance),
                    cell("%.3g", g, KernelDistance::distance));
        }
        KernelDistance ntk = shared.kernels().get("ntk");
        if (ntk != null) {
            print(
                    "ntk                  A %s, ratio %s, dist %s%n",
                    cell("%.6f", ntk, KernelDistance::alignment),
                    cell("%.5g", ntk, KernelDistance::normRatio),
                    cell("%.3g", ntk, KernelDistance::distance));
        }
        shared.densities()
                .forEach((name, distances) ->
                        print("density of %-10s first %.3g, last %.3g%n", name, distances[0], distances[1]));
        shared.others().forEach((name, distance) -> print("%-20s distance %.3g%n", name, distance));
        if (shared.lossDistance() != null) {
            print("loss distance        %.6g%n", shared.lossDistance());
        }
        if (shared.predictionDistance() != null) {
            print("prediction distance  %.6g%n", shared.predictionDistance());
        }
        int recordedA = a.arrays().get("times").data().length;
        int recordedB = b.arrays().get("times").data().length;
        int common = shared.times().length;
        if (common < recordedA || common < recordedB) {
            out().println("kernels compared at " + common + " times that both recorded, of " + recordedA + " and "
                    + recordedB);
        }
        shared.left().forEach(left -> out().println("not compared         " + left));
        for (Archive archive : List.of(a, b)) {
            if (archive.identity().isEmpty()) {
                out().println("unverified           " + archive.file() + " carries no identity"
                        + (dataCompared(a, b) ? "" : ", nor both X and y: the data may be others"));
            }
        }
        if (!differences.isEmpty()) {
            out().println("DIFFERENT PROBLEMS   " + String.join("; ", differences));
        }
    }

    private static String cell(String format, KernelDistance kernels, Function<KernelDistance, Double> value) {
        Double number = kernels == null ? null : value.apply(kernels);
        return number == null ? "-" : String.format(Locale.ROOT, format, number);
    }

    private static int depth(SharedArrays shared) {
        return shared.kernels().keySet().stream()
                .filter(name -> name.contains("_"))
                .mapToInt(name -> Integer.parseInt(name.substring(name.indexOf('_') + 1)))
                .max()
                .orElse(0);
    }

    private static Map<String, Object> tree(Archive a, Archive b, SharedArrays shared, List<String> differences) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(
                "files",
                Stream.of(a, b).map(archive -> archive.file().toString()).toList());
        tree.put("alignment", perLayer(shared, KernelDistance::alignment));
        tree.put("normRatio", perLayer(shared, KernelDistance::normRatio));
        tree.put("relativeDistance", perLayer(shared, KernelDistance::distance));
        tree.put("ntk", shared.kernels().get("ntk"));
        tree.put("densityDistance", shared.densities());
        tree.put("otherDistance", shared.others());
        tree.put("lossDistance", shared.lossDistance());
        tree.put("predictionDistance", shared.predictionDistance());
        tree.put("times", shared.times());
        tree.put("notCompared", shared.left());
        tree.put(
                "verified",
                Stream.of(a, b).map(archive -> archive.identity().isPresent()).toList());
        tree.put("dataCompared", dataCompared(a, b));
        tree.put("differentProblems", differences);
        return tree;
    }

    /** Per kernel a list over layers, null where a layer could not be compared. */
    private static Map<String, List<Double>> perLayer(SharedArrays shared, Function<KernelDistance, Double> value) {
        Map<String, List<Double>> lists = new LinkedHashMap<>();
        for (String kernel : List.of("Phi", "G")) {
            List<Double> layers = new ArrayList<>();
            for (int l = 1; l <= depth(shared); l++) {
                KernelDistance kernels = shared.kernels().get(kernel + "_" + l);
                layers.add(kernels == null ? null : value.apply(kernels));
            }
            lists.put(kernel, layers);
        }
        return lists;
    }
}

package org.widthbench.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.InvalidInputException;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.ResultFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        header = "Compare two results: kernel alignment per layer, distance of the loss curves.",
        description = {
            "",
            "Each file is a theory.npz or network.npz; any two of the same problem size can be compared. The alignment of"
                    + " two kernels is <X,Y> / (|X| |Y|) over all times and points, 1 when they are proportional. The loss"
                    + " distance is the largest difference of the two loss curves at any step, the prediction distance the"
                    + " root mean square difference of the predictions f.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  widthbench compare theory/theory.npz network/network.npz",
            "  widthbench compare theory/theory.npz network/network.npz --json"
        })
final class CompareCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "A.npz", description = "One result.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B.npz", description = "The other.")
    private Path second;

    @Option(names = "--json", description = "Print JSON in place of the table.")
    private boolean json;

    @Override
    public Integer call() {
        Comparison comparison = compare();
        if (json) {
            out().print(Json.text(tree(comparison)));
            return Main.OK;
        }
        out().printf("%-6s%12s%12s%n", "layer", "A(Phi)", "A(G)");
        for (int l = 0; l < comparison.depth(); l++) {
            out().printf(
                            Locale.ROOT,
                            "%-6d%12.6f%12.6f%n",
                            l + 1,
                            comparison.featureAlignment()[l],
                            comparison.gradientAlignment()[l]);
        }
        out().printf(Locale.ROOT, "loss distance        %.6g%n", comparison.lossDistance());
        out().printf(Locale.ROOT, "prediction distance  %.6g%n", comparison.predictionDistance());
        return Main.OK;
    }

    private Comparison compare() {
        try {
            return Comparison.of(ResultFiles.read(first), ResultFiles.read(second));
        } catch (InvalidInputException e) {
            // What is wrong with one file already names it; what differs between the two has to name both.
            boolean named =
                    e.getMessage().contains(first.toString()) || e.getMessage().contains(second.toString());
            throw named ? e : new InvalidInputException(first + " and " + second + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> tree(Comparison comparison) {
        Map<String, Object> alignment = new LinkedHashMap<>();
        alignment.put("Phi", comparison.featureAlignment());
        alignment.put("G", comparison.gradientAlignment());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("alignment", alignment);
        tree.put("lossDistance", comparison.lossDistance());
        tree.put("predictionDistance", comparison.predictionDistance());
        return tree;
    }
}

package org.widthbench.cli;

import java.util.List;
import java.util.Locale;
import org.widthbench.bench.CoverageStudy;
import org.widthbench.bench.CoverageStudy.Count;
import org.widthbench.bench.CoverageStudy.Coverage;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "coverage",
        header = "Measure how often two error bars of solve hold the true error.",
        description =
                "Solves a panel of small problems with several seeds and prints how many errors lie within two bars: of the"
                        + " last loss, the largest of the loss over all times, those of the kernels Phi and G; how many losses"
                        + " meet the target of solve --target-error (two bars at S, from S/4 samples on); and the last loss's"
                        + " bar over its error, root mean square. The truth is the mean of eight solves with 4 S samples and"
                        + " tighter tolerances. The last line counts all problems, with Wilson's 95%% intervals.",
        footer = {"  widthbench bench coverage", "  widthbench bench coverage --problems ReLU --samples 512 --seeds 50"
        })
final class BenchCoverageCommand extends Subcommand {
    /** Bars of fewer samples have replicates of fewer than they may. */
    private static final int FEWEST_SAMPLES = 128;

    private static final String HEADER = "%-30s%12s%14s%14s%14s%14s%14s%8s%n";

    @Option(
            names = "--problems",
            paramLabel = "TEXT",
            description = "Only the problems whose name contains it (default: all).")
    private String problems = "";

    @Option(names = "--samples", paramLabel = "S", description = "Samples of a solve (default ${DEFAULT-VALUE}).")
    private int samples = 1024;

    @Option(names = "--seeds", paramLabel = "K", description = "Seeds of every problem (default ${DEFAULT-VALUE}).")
    private int seeds = 20;

    @Mixin
    private DeviceOption device;

    @Override
    public Integer call() {
        InvalidInputException.require(
                samples >= FEWEST_SAMPLES, "--samples", samples, "a whole number >= " + FEWEST_SAMPLES);
        InvalidInputException.require(seeds >= 1, "--seeds", seeds, "a whole number >= 1");
        List<String> names = CoverageStudy.names().stream()
                .filter(name -> name.contains(problems))
                .toList();
        InvalidInputException.require(
                !names.isEmpty(),
                "--problems",
                problems,
                "part of one of: " + String.join("; ", CoverageStudy.names()));
        try (Backend backend = device.open()) {
            out().println(backend.description());
            print(HEADER, "problem", "replicates", "last loss", "largest", "Phi", "G", "target met", "width");
            Count none = new Count(0, 0);
            Count[] all = {none, none, none, none, none};
            CoverageStudy.run(names, samples, seeds, backend, coverage -> {
                print(coverage);
                Count[] counts = counts(coverage);
                for (int i = 0; i < all.length; i++) {
                    all[i] = all[i].plus(counts[i]);
                }
            });
            String[] shares = new String[all.length];
            for (int i = 0; i < all.length; i++) {
                double[] interval = all[i].interval();
                shares[i] = String.format(Locale.ROOT, "%.0f..%.0f%%", 100 * interval[0], 100 * interval[1]);
            }
            row("all", "", text(all), "");
            row("", "", shares, "");
        }
        return Main.OK;
    }

    private static Count[] counts(Coverage coverage) {
        return new Count[] {
            coverage.finalLoss(), coverage.loss(), coverage.features(), coverage.gradients(), coverage.target()
        };
    }

    private static String[] text(Count... counts) {
        String[] texts = new String[counts.length];
        for (int i = 0; i < counts.length; i++) {
            texts[i] = counts[i].within() + "/" + counts[i].of();
        }
        return texts;
    }

    private void print(Coverage coverage) {
        row(
                coverage.name(),
                coverage.replicates() + " x " + coverage.samples(),
                text(counts(coverage)),
                String.format(Locale.ROOT, "%.2f", coverage.width()));
    }

    private void row(String name, String replicates, String[] counts, String width) {
        print(HEADER, name, replicates, counts[0], counts[1], counts[2], counts[3], counts[4], width);
    }
}

package org.widthbench.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.widthbench.bench.CoverageStudy;
import org.widthbench.bench.CoverageStudy.Count;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import picocli.CommandLine.Command;
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
final class BenchCoverageCommand extends Benchmark {
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

    @Override
    void requireOptions() {
        requireCount("--samples", samples, FEWEST_SAMPLES);
        requireCount("--seeds", seeds, 1);
        InvalidInputException.require(
                !names().isEmpty(),
                "--problems",
                problems,
                "part of one of: " + String.join("; ", CoverageStudy.names()));
    }

    private List<String> names() {
        return CoverageStudy.names().stream()
                .filter(name -> name.contains(problems))
                .toList();
    }

    @Override
    int measure(Backend backend) {
        print(HEADER, "problem", "replicates", "last loss", "largest", "Phi", "G", "target met", "width");
        Count[] all = new Count[5];
        Arrays.fill(all, new Count(0, 0));
        CoverageStudy.run(names(), samples, seeds, backend, coverage -> {
            row(
                    coverage.name(),
                    coverage.replicates() + " x " + coverage.samples(),
                    coverage.counts().stream().map(BenchCoverageCommand::text),
                    String.format(Locale.ROOT, "%.2f", coverage.width()));
            Arrays.setAll(all, i -> all[i].plus(coverage.counts().get(i)));
        });
        row("all", "", Stream.of(all).map(BenchCoverageCommand::text), "");
        row("", "", Stream.of(all).map(BenchCoverageCommand::share), "");
        return Main.OK;
    }

    private static String text(Count count) {
        return count.within() + "/" + count.of();
    }

    private static String share(Count count) {
        double[] interval = count.interval();
        return String.format(Locale.ROOT, "%.0f..%.0f%%", 100 * interval[0], 100 * interval[1]);
    }

    private void row(String name, String replicates, Stream<String> counts, String width) {
        print(
                HEADER,
                Stream.of(Stream.of(name, replicates), counts, Stream.of(width))
                        .flatMap(cells -> cells)
                        .toArray());
    }
}

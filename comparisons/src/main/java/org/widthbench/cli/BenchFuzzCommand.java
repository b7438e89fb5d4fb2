package org.widthbench.cli;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.widthbench.bench.FuzzStudy;
import org.widthbench.bench.FuzzStudy.Outcome;
import org.widthbench.bench.FuzzStudy.Verdict;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "fuzz",
        header = "Compare theory and networks on random valid configurations.",
        description =
                "Draws configurations of all solvers, activations, optimizers and losses, MLPs and CNNs, solves each with 1024"
                        + " samples and trains 4 networks of width 512 (CNN: 128 channels) and 16 of a quarter of it, which"
                        + " extrapolate to infinite width. Prints the largest difference of loss and predictions in standard"
                        + " errors. Whatever lies beyond 4 is repeated with 16 networks of four times the width. Approximations"
                        + " are compared at small gamma0 only. Exit 1 if a configuration fails or stays beyond.",
        footer = {"  widthbench bench fuzz", "  widthbench bench fuzz --first 17 --count 1      configuration 17 again"
        })
final class BenchFuzzCommand extends Benchmark {
    @Option(names = "--count", paramLabel = "K", description = "Configurations (default ${DEFAULT-VALUE}).")
    private int count = 300;

    @Option(names = "--first", paramLabel = "I", description = "Number of the first one (default ${DEFAULT-VALUE}).")
    private int first = 0;

    @Option(names = "--seed", paramLabel = "S", description = "Chooses the configurations (default ${DEFAULT-VALUE}).")
    private long seed = 0;

    @Override
    void requireOptions() {
        requireCount("--count", count, 1);
        requireCount("--first", first, 0);
        InvalidInputException.require(seed >= 0, "--seed", seed, "a whole number >= 0");
    }

    @Override
    int measure(Backend backend) {
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        List.of(Verdict.values()).forEach(verdict -> counts.put(verdict, 0));
        FuzzStudy study = new FuzzStudy(seed, backend);
        for (int i = 0; i < count; i++) {
            Outcome outcome = study.run(first + i);
            counts.merge(outcome.verdict(), 1, Integer::sum);
            String distances = outcome.distances().stream()
                    .map(distance -> distance.isNaN() ? "-" : String.format(Locale.ROOT, "%.1f", distance))
                    .collect(Collectors.joining(" then "));
            print(
                    "%4d %-9s %-14s%s%n     %s%n",
                    outcome.index(),
                    outcome.verdict().name().toLowerCase(Locale.ROOT),
                    distances,
                    outcome.message(),
                    outcome.configuration());
        }
        int vanished = counts.get(Verdict.VANISHED);
        int beyond = counts.get(Verdict.BEYOND);
        int failed = counts.get(Verdict.FAILED);
        print(
                "%d configurations: %d agree, %d refused, %d beyond %.0f standard errors of which %d vanish with more"
                        + " networks, %d failed%n",
                count,
                counts.get(Verdict.AGREES),
                counts.get(Verdict.REFUSED),
                beyond + vanished,
                FuzzStudy.LIMIT,
                vanished,
                failed);
        return beyond + failed == 0 ? Main.OK : Main.CHECK_FAILED;
    }
}

package org.widthbench.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.widthbench.bench.AlternatingBenchmark;
import org.widthbench.bench.SeedAverage;
import org.widthbench.comparison.PowerLaw;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "alternating",
        header = "Time the causal solver against the paper's alternating one.",
        description =
                "Solves tanh networks (gaussian data, D=25, P=4, gamma0=1) with both Monte Carlo solvers and the same number of"
                        + " samples, over a growing number TP of times and points. Errors are distances from a causal solve"
                        + " with 32768 samples, means over seeds with standard errors. Times are of the fastest solve; ratio and exponents are of processor time, which"
                        + " other work on the machine hardly changes.",
        footer = {
            "  widthbench bench alternating",
            "  widthbench bench alternating --rows 12,20,40,80,120 --seeds 8      many minutes"
        })
final class BenchAlternatingCommand extends Subcommand {
    @Option(
            names = "--rows",
            paramLabel = "TP",
            split = ",",
            description = "Three or more ascending multiples of 4 (default: 20,40,80).")
    private int[] rows = {20, 40, 80};

    @Option(names = "--depth", paramLabel = "L", description = "Hidden layers (default ${DEFAULT-VALUE}).")
    private int depth = 2;

    @Option(
            names = "--samples",
            paramLabel = "S",
            description = "Samples of both solvers, at least twice the largest TP (default ${DEFAULT-VALUE}).")
    private int samples = 1024;

    @Option(
            names = "--seeds",
            paramLabel = "K",
            description = "Seeds of the noise, each solved by both (default ${DEFAULT-VALUE}).")
    private int seeds = 4;

    @Mixin
    private DeviceOption device;

    @Override
    public Integer call() {
        requireOptions();
        try (Backend backend = device.open()) {
            out().println(backend.description());
            print(
                    "%6s %12s %15s %10s %11s %36s %36s%n",
                    "TP",
                    "causal s",
                    "alternating s",
                    "cpu ratio",
                    "iterations",
                    "loss error: causal, alternating",
                    "kernel error: causal, alternating");
            List<AlternatingBenchmark.Size> sizes = AlternatingBenchmark.run(
                    new AlternatingBenchmark.Plan(rows, depth, samples, seeds), backend, this::print);
            fit("causal", sizes, size -> size.causal().processorSeconds());
            fit("alternating", sizes, size -> size.alternating().processorSeconds());
            fit("ratio", sizes, AlternatingBenchmark.Size::ratio);
        }
        return Main.OK;
    }

    private void requireOptions() {
        boolean valid = rows.length >= PowerLaw.FEWEST;
        for (int i = 0; i < rows.length; i++) {
            valid &= rows[i] > (i == 0 ? 0 : rows[i - 1]) && rows[i] % AlternatingBenchmark.POINTS == 0;
        }
        InvalidInputException.require(
                valid,
                "--rows",
                Arrays.toString(rows),
                "three or more ascending multiples of " + AlternatingBenchmark.POINTS);
        InvalidInputException.require(depth >= 1, "--depth", depth, "a whole number >= 1");
        int most = rows[rows.length - 1];
        InvalidInputException.require(
                samples >= 2L * most, "--samples", samples, "at least twice the largest TP, " + 2L * most);
        InvalidInputException.require(seeds >= 2, "--seeds", seeds, "a whole number >= 2");
    }

    private void print(AlternatingBenchmark.Size size) {
        print(
                "%6d %12.4f %15.3f %10.1f %11d %s %s  %s %s%n",
                size.rows(),
                size.causal().seconds(),
                size.alternating().seconds(),
                size.ratio(),
                size.iterations(),
                text(size.causal().loss()),
                text(size.alternating().loss()),
                text(size.causal().kernels()),
                text(size.alternating().kernels()));
    }

    private static String text(SeedAverage.Estimate error) {
        return String.format(Locale.ROOT, "%8.1e +- %.0e", error.mean(), error.standardError());
    }

    private void fit(
            String name, List<AlternatingBenchmark.Size> sizes, ToDoubleFunction<AlternatingBenchmark.Size> value) {
        PowerLaw law = PowerLaw.fit(
                sizes.stream().mapToDouble(AlternatingBenchmark.Size::rows).toArray(),
                sizes.stream().mapToDouble(value).toArray());
        print("%s grows like (TP)^(%s)%n", name, law.text());
    }
}

package org.widthbench.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.DataSection;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.Settings;
import org.widthbench.sweep.AlignmentCheck;
import org.widthbench.sweep.AlignmentCheck.Judged;
import org.widthbench.sweep.CheckSet;
import org.widthbench.sweep.Manifest;
import org.widthbench.sweep.SharedFolder;
import org.widthbench.sweep.SweepRun;
import org.widthbench.sweep.WidthAgreement;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        header = "Fail if a wide network is not aligned with its theory.",
        description = {
            "Trains the networks of the configuration's sweep that are at least --min-width wide, every seed, and compares"
                    + " their kernels with the theory. One alignment below --threshold in any layer fails the check, or one"
                    + " kernel whose norm is not the theory's within --norm-factor: exit code 1.",
            "",
            "The name theory in place of a configuration stands for a fixed set of problems (tanh, relu, linear, weight"
                    + " decay, momentum, and CIFAR if --images says where), N = 500, 1000 and 2000, eight seeds each, of which it"
                    + " judges the mean."
        },
        footer = {
            "  widthbench check examples/tanh.yaml",
            "  widthbench check examples/tanh.yaml --set sweep.widths=[1000] --set sweep.seeds=3 --threshold 0.99",
            "  widthbench check examples/tanh.yaml --out check     (writes check.json and junit.xml)",
            "  widthbench check theory --images cifar10 --out check     (writes a folder per problem)"
        })
final class CheckCommand extends ExperimentCommand {
    @Option(
            names = "--min-width",
            paramLabel = "N",
            defaultValue = "500",
            description = "Narrower networks are not checked (default: ${DEFAULT-VALUE}).")
    private int minimumWidth;

    @Option(
            names = "--threshold",
            paramLabel = "A",
            defaultValue = "0.98",
            description = "Smallest alignment that passes (default: ${DEFAULT-VALUE}).")
    private double threshold;

    @Option(
            names = "--norm-factor",
            paramLabel = "X",
            description =
                    "Largest factor between the norms of a network's kernel and the theory's that passes (default: 2; of"
                            + " the means that the set theory judges 1.25).")
    private Double normFactor;

    @Option(names = "--out", paramLabel = "DIR", description = "Write check.json and junit.xml there.")
    private Path folder;

    @Option(
            names = "--images",
            paramLabel = "DIR",
            description = "CIFAR-10, for the set theory; without it that problem is skipped.")
    private Path images;

    @Mixin
    private ReplaceOption replace;

    @Mixin
    private EngineOption engine;

    @Mixin
    private WidthTheoryOption finite;

    @Override
    int run() {
        if (configuration.names(CheckSet.NAME)) {
            return runSet();
        }
        InvalidInputException.require(images == null, "--images", images, "only the set " + CheckSet.NAME);
        Experiment experiment = configuration.read();
        finite.check(experiment);
        boolean passed = passes(configuration.name(), experiment, folder, Judged.SMALLEST);
        return passed ? Main.OK : Main.CHECK_FAILED;
    }

    private int runSet() {
        List<String> overrides = configuration.overrides();
        InvalidInputException.require(
                overrides.isEmpty(), "--set", overrides, "only with a configuration; the problems of a set are fixed");
        DataSource cifar = images == null ? null : DataSection.parse("cifar10:" + images);
        if (cifar != null) {
            // Refused before the other problems are solved.
            cifar.load();
        }
        List<String> failed = new ArrayList<>();
        Map<String, Experiment> set = CheckSet.experiments(cifar);
        set.values().forEach(finite::check);
        set.forEach((name, experiment) -> {
            out().println(name);
            if (!passes(name, experiment, folder == null ? null : folder.resolve(name), Judged.MEAN)) {
                failed.add(name);
            }
            out().flush();
        });
        if (images == null) {
            out().println(CheckSet.IMAGES + ": skipped, no --images");
        }
        out().println(failed.isEmpty() ? "the set passed" : "the set FAILED: " + String.join(", ", failed));
        return failed.isEmpty() ? Main.OK : Main.CHECK_FAILED;
    }

    private boolean passes(String name, Experiment read, Path results, Judged judged) {
        double factor = normFactor == null ? judged.normFactor() : normFactor;
        Experiment experiment = read.withSweep(AlignmentCheck.widths(read.sweep(), minimumWidth, threshold, factor));
        Settings settings = Settings.of("check", experiment.toMap());
        Provenance provenance = Provenance.begin(commandLine(), settings);
        AlignmentCheck check;
        Optional<WidthAgreement> beside;
        String formats;
        try (SharedFolder place =
                        results == null ? null : new SharedFolder(results, settings, replace.force(), reporter()::say);
                Networks networks = engine.networks(device);
                Backend backend = device.open()) {
            if (place != null) {
                place.begin();
            }
            Problem problem = experiment.problem();
            int[] widths = experiment.sweep().widths();
            formats = networks.formats(problem, widths);
            networks.precision().warning(problem, widths).ifPresent(reporter()::say);
            SweepRun run = SweepRun.of(experiment, backend, networks, reporter());
            check = AlignmentCheck.of(name, run.table(), threshold, factor, judged);
            beside = finite.expected(experiment, problem, backend, reporter())
                    .map(expected -> WidthAgreement.of(
                            expected, run.theory(), experiment.theory().samples(), run.table()));
            if (place != null) {
                Map<String, Object> json = new LinkedHashMap<>(check.toMap());
                json.put("precision", formats);
                beside.ifPresent(agreement -> json.put("widthTheory", agreement.toMap()));
                place.publish(() -> {
                    ResultFiles.writeSummary(results, "check.json", json, provenance);
                    AtomicFile.writeText(results.resolve("junit.xml"), check.junitXml());
                    WidthAgreement.write(beside, results);
                    Manifest.writeOwn(results);
                });
            }
        }
        out().print(check.text());
        beside.ifPresent(agreement -> out().print(agreement.text()));
        if (!formats.equals("float32")) {
            out().println("networks in " + formats);
        }
        out().println(
                        check.passed()
                                ? "passed: every " + what(judged) + " is at least " + threshold
                                        + ", every norm the theory's within a factor of " + factor
                                : "FAILED: " + check.failures().size() + " of "
                                        + check.cases().size() + " " + what(judged) + "s are below " + threshold
                                        + " or of a norm beyond a factor of " + factor);
        return check.passed();
    }

    private static String what(Judged judged) {
        return judged == Judged.MEAN ? "mean alignment" : "alignment";
    }
}

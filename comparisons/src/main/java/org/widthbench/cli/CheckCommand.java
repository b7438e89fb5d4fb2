package org.widthbench.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.sweep.AlignmentCheck;
import org.widthbench.sweep.SweepRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        header = "Fail if a wide network is not aligned with its theory.",
        description = {
            "",
            "Trains the networks of the configuration's sweep that are at least --min-width wide, every seed, and compares"
                    + " their kernels with the theory. One alignment below --threshold in any layer fails the check: exit"
                    + " code 1.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  widthbench check examples/tanh.yaml",
            "  widthbench check examples/tanh.yaml --set sweep.widths=[1000] --set sweep.seeds=3 --threshold 0.99",
            "  widthbench check examples/tanh.yaml --out check     (writes check.json and junit.xml)"
        })
final class CheckCommand extends Subcommand {
    @Mixin
    private ExperimentOptions experimentOptions;

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

    @Option(names = "--out", paramLabel = "DIR", description = "Write check.json and junit.xml there.")
    private Path folder;

    @Mixin
    private DeviceOption device;

    @Mixin
    private PrecisionOption precision;

    @Override
    public Integer call() {
        return experimentOptions.naming(this::run);
    }

    private int run() {
        Experiment read = experimentOptions.read();
        Experiment experiment = read.withSweep(AlignmentCheck.widths(read.sweep(), minimumWidth, threshold));
        if (folder != null) {
            OutputFolder.requireUsable(folder);
        }
        Networks networks = new Networks(precision.value());
        Provenance provenance = Provenance.begin(commandLine(), experiment.toMap());
        SweepRun run;
        try (Backend backend = device.open()) {
            run = SweepRun.of(experiment, backend, networks, reporter());
        }
        AlignmentCheck check = AlignmentCheck.of(experimentOptions.name(), run.table(), threshold);
        if (folder != null) {
            Map<String, Object> json = new LinkedHashMap<>(check.toMap());
            json.put("provenance", provenance.toMap());
            AtomicFile.writeText(folder.resolve("check.json"), Json.text(json));
            AtomicFile.writeText(folder.resolve("junit.xml"), check.junitXml());
        }
        out().print(check.text());
        out().println(
                        check.passed()
                                ? "passed: every alignment is at least " + threshold
                                : "FAILED: " + check.failures().size() + " of "
                                        + check.cases().size() + " alignments are below " + threshold);
        return check.passed() ? Main.OK : Main.CHECK_FAILED;
    }
}

package org.widthbench.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.consistency.Claim;
import org.widthbench.consistency.ConsistencyReport;
import org.widthbench.consistency.ConsistencyStudy;
import org.widthbench.consistency.StudyResult;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.ConsistencyReader;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.report.Report;
import org.widthbench.report.ReportPage;
import org.widthbench.sweep.Manifest;
import org.widthbench.sweep.SharedFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "consistency",
        header = "Train networks of many widths on one stream of minibatches and see when they agree.",
        description =
                "Measures losses, predictions, kernels, preactivations, sharpness and the final kernel's spectrum at log-spaced"
                        + " times, and writes one figure per claim (DIR/consistency-*.png, .svg, .pdf), fitted exponents"
                        + " (DIR/exponents.csv), DIR/summary.json and DIR/index.html. Each finished network leaves a file in"
                        + " DIR/tasks; a study that was stopped goes on with --resume.",
        footer = {
            "  widthbench consistency examples/consistency/mlp.yaml --quick",
            "  widthbench consistency examples/consistency/mlp.yaml --out study",
            "  widthbench consistency examples/consistency/mlp.yaml --out study --resume"
        })
final class ConsistencyCommand extends Subcommand {
    @Parameters(
            index = "0",
            paramLabel = "CONFIG.yaml",
            description = "Configuration; what it leaves out has defaults (docs/consistency.md).")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "path=value",
            description = "Change one value, say --set training.eta=0.2 or --set sweep.widths=[64,256]; repeatable.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for the results (default: widthbench-out/consistency, with --quick"
                    + " widthbench-out/consistency-quick).")
    private Path folder;

    @Option(names = "--quick", description = "Fewer widths, seeds and steps, within seconds.")
    private boolean quick;

    @Option(names = "--resume", description = "Keep what an earlier run of the same configuration finished.")
    private boolean resume;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "auto|10min|90s|20steps",
            defaultValue = "auto",
            description = "Keep the state of a theory that is being solved that often, to go on from there after a kill"
                    + " (default: ${DEFAULT-VALUE}, as often as costs next to nothing).")
    private String checkpointEvery;

    @Mixin
    private ReplaceOption replace;

    @Mixin
    private DeviceOption device;

    @Mixin
    private DrawingOptions drawing;

    @Override
    public Integer call() {
        ConsistencySpec read = ConsistencyReader.read(file, overrides);
        ConsistencySpec spec = quick ? read.quick() : read;
        CheckpointFile.Interval every = CheckpointFile.Interval.parse("--checkpoint-every", checkpointEvery);
        // A quick study never takes the place of a full one.
        Path target = folder == null ? Path.of("widthbench-out", "consistency" + (quick ? "-quick" : "")) : folder;
        drawing.check();
        Provenance provenance = Provenance.begin(commandLine(), ConsistencyStudy.settings(spec));
        try (Backend backend = device.open(FieldPrecision.FLOAT64)) {
            StudyResult result = study(spec, backend, target, every);
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("wallSeconds", provenance.wallSeconds());
            summary.put("backend", backend.description());
            try (SharedFolder results =
                    new SharedFolder(target, provenance.settings(), replace.force(), reporter()::say)) {
                results.begin();
                return results.publish(() -> publish(target, result, summary, provenance));
            }
        }
    }

    private int publish(Path target, StudyResult result, Map<String, Object> summary, Provenance provenance) {
        Report composed = ConsistencyReport.write(
                target, result, EnumSet.allOf(Claim.class), ConsistencyReport.EXPONENTS, summary);
        Report report = reporter().stage("figures", progress -> drawing.write(composed, target));
        ResultFiles.writeSummary(target, report.summary(), provenance);
        ReportPage.write(target, report, Pages.origin(provenance));
        Manifest.writeOwn(target);
        report.verdicts().forEach(verdict -> out().println(verdict.text()));
        ((Map<?, ?>) report.summary().get("readings")).forEach((name, reading) -> out().println(name + ": " + reading));
        out().println(target.resolve(ReportPage.FILE));
        return report.verdicts().stream().allMatch(Report.Verdict::good) ? Main.OK : Main.CHECK_FAILED;
    }

    /** What is said about a key of the configuration while it runs gains the name of the file. */
    private StudyResult study(ConsistencySpec spec, Backend backend, Path target, CheckpointFile.Interval every) {
        try {
            return new ConsistencyStudy(spec, backend, target, resume, replace.force(), every, reporter())
                    .run(EnumSet.allOf(Claim.class));
        } catch (InvalidInputException e) {
            throw e.getMessage().matches("(tasks|data|network|training|measure|edge|sweep|theory)\\.[\\s\\S]*")
                    ? new InvalidInputException(file + ": " + e.getMessage(), e)
                    : e;
        }
    }
}

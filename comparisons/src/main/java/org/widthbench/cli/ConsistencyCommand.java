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
import org.widthbench.experiment.ConsistencyReader;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.Settings;
import org.widthbench.report.Report;
import org.widthbench.report.ReportPage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "consistency",
        mixinStandardHelpOptions = true,
        header = "Train networks of many widths on one stream of minibatches and see when they agree.",
        description = {
            "",
            "Measures losses, predictions, kernels, preactivations, sharpness and the final kernel's spectrum at log-spaced"
                    + " times, and writes one figure per claim (DIR/consistency-*.png, .svg, .pdf), fitted exponents"
                    + " (DIR/exponents.csv), DIR/summary.json and DIR/index.html. Each finished network leaves a file in"
                    + " DIR/tasks; a study that was stopped goes on with --resume.",
            ""
        },
        footer = {
            "",
            "Examples:",
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
            description = "Folder for the results (default: widthbench-out/consistency).")
    private Path folder = Path.of("widthbench-out", "consistency");

    @Option(names = "--quick", description = "Fewer widths, seeds and steps, within seconds.")
    private boolean quick;

    @Option(names = "--resume", description = "Keep what an earlier run of the same configuration finished.")
    private boolean resume;

    @Mixin
    private DeviceOption device;

    @Mixin
    private DrawingOptions drawing;

    @Override
    public Integer call() {
        ConsistencySpec read = ConsistencyReader.read(file, overrides);
        ConsistencySpec spec = quick ? read.quick() : read;
        OutputFolder.requireUsable(folder);
        drawing.check();
        Provenance provenance = Provenance.begin(commandLine(), Settings.of("consistency", spec.toMap()));
        try (Backend backend = device.open(FieldPrecision.FLOAT64)) {
            StudyResult result = study(spec, backend);
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("wallSeconds", provenance.wallSeconds());
            summary.put("backend", backend.description());
            Report composed = ConsistencyReport.write(
                    folder, result, EnumSet.allOf(Claim.class), ConsistencyReport.EXPONENTS, summary);
            Report report = reporter().stage("figures", progress -> drawing.write(composed, folder));
            ResultFiles.writeSummary(folder, report.summary(), provenance);
            ReportPage.write(folder, report, Pages.origin(provenance));
            report.verdicts().forEach(verdict -> out().println(verdict.text()));
            ((Map<?, ?>) report.summary().get("readings"))
                    .forEach((name, reading) -> out().println(name + ": " + reading));
            out().println(folder.resolve(ReportPage.FILE));
            return report.verdicts().stream().allMatch(Report.Verdict::good) ? Main.OK : Main.CHECK_FAILED;
        }
    }

    /** What is said about a key of the configuration while it runs gains the name of the file. */
    private StudyResult study(ConsistencySpec spec, Backend backend) {
        try {
            return new ConsistencyStudy(spec, backend, folder, resume, reporter()).run(EnumSet.allOf(Claim.class));
        } catch (InvalidInputException e) {
            throw e.getMessage().matches("(tasks|data|network|training|measure|edge|sweep|theory)\\.[\\s\\S]*")
                    ? new InvalidInputException(file + ": " + e.getMessage(), e)
                    : e;
        }
    }
}

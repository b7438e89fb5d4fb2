package org.widthbench.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.report.Report;
import org.widthbench.report.ReportPage;
import org.widthbench.reproduce.SweepFigure;
import org.widthbench.sweep.SweepRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        header = "Train networks of many widths and seeds and compare each with the theory.",
        description = {
            "",
            "Writes DIR/theory.npz, DIR/alignment.csv, DIR/summary.json, DIR/index.html and its figures. Each finished"
                    + " network leaves a small file in DIR/tasks; a sweep that was stopped goes on with --resume, which"
                    + " computes only what is missing, damaged or of another configuration.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  widthbench sweep examples/tanh.yaml --out sweep",
            "  widthbench sweep examples/tanh.yaml --out sweep --resume",
            "  widthbench sweep examples/tanh.yaml --out small --set sweep.widths=[50,200,800] --set sweep.seeds=4"
        })
final class SweepCommand extends Subcommand {
    @Mixin
    private ExperimentOptions experimentOptions;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the results.")
    private Path folder;

    @Option(
            names = "--engine",
            paramLabel = "local|slurm",
            defaultValue = "local",
            description = "Where the networks are trained (default: ${DEFAULT-VALUE}).")
    private String engine;

    @Option(names = "--resume", description = "Keep what an earlier run of the same configuration finished.")
    private boolean resume;

    @Mixin
    private DrawingOptions drawing;

    @Mixin
    private DeviceOption device;

    @Mixin
    private PrecisionOption precision;

    @Override
    public Integer call() {
        return experimentOptions.naming(this::run);
    }

    private int run() {
        InvalidInputException.require(
                engine.equals("local"), "--engine", engine, "local (this version has no other engine)");
        Experiment experiment = experimentOptions.read();
        drawing.check();
        OutputFolder.requireUsable(folder);
        Networks networks = new Networks(precision.value());
        Provenance provenance = Provenance.begin(commandLine(), experiment.toMap());
        try (Backend backend = device.open()) {
            SweepRun run = SweepRun.in(folder, experiment, backend, networks, resume, reporter());
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("solveSeconds", run.solveSeconds());
            summary.put("trainSeconds", run.table().trainSeconds());
            summary.put("finalLoss", run.theory().finalLoss());
            summary.put("backend", backend.description());
            summary.put("networks", networks.description());
            Report computed = SweepFigure.report(run.theory(), run.table(), summary);
            Report report = reporter().stage("figures", progress -> drawing.write(computed, folder));
            ResultFiles.writeSummary(folder, summary, provenance);
            ReportPage.write(folder, report, Pages.origin(provenance));
            out().print(run.table().text());
            out().println(folder.resolve("index.html"));
        }
        return Main.OK;
    }
}

package org.widthbench.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.experiment.DataSection;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.Settings;
import org.widthbench.report.Report;
import org.widthbench.report.ReportPage;
import org.widthbench.reproduce.FigureCatalogue;
import org.widthbench.reproduce.FigureOptions;
import org.widthbench.reproduce.FigureStudy;
import org.widthbench.reproduce.ReproducibleFigure;
import org.widthbench.sweep.Manifest;
import org.widthbench.sweep.SharedFolder;
import org.widthbench.training.PrecisionChoice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "reproduce",
        header = "Compute and draw a figure of the papers.",
        description =
                "Solves the theory, trains the networks, and writes the figure and each of its panels as PNG, SVG and PDF,"
                        + " the numbers behind it as CSV (alignment.csv and theory.npz for fig1), summary.json and the page index.html."
                        + " The same command goes on where a killed run was.",
        footer = {
            "  widthbench reproduce fig1 --quick            seconds: fewer networks and samples",
            "  widthbench reproduce fig1                    minutes: the paper's setting",
            "  widthbench reproduce fig1 --widths 100,1000,10000,100000 --seeds 2 --weights auto --width-theory",
            "  widthbench reproduce fig1 --data cifar10:cifar --out on-images",
            "  widthbench reproduce fig1 --size single --style talk",
            "  widthbench reproduce --list"
        })
final class ReproduceCommand extends Subcommand {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FIGURE",
            completionCandidates = Completions.Figures.class,
            description = "Name from --list.")
    private String name;

    @Option(names = "--list", description = "List the figures and stop.")
    private boolean list;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for the results (default: widthbench-out/FIGURE, for all consistency figures"
                    + " widthbench-out/consistency; with --quick the same with -quick behind).")
    private Path folder;

    @Option(
            names = "--data",
            paramLabel = "SOURCE",
            description = "gaussian, textures, cifar10:DIR, mnist:DIR or npz:FILE in place of the figure's own data.")
    private String data;

    @Option(names = "--quick", description = "A smaller version, within seconds.")
    private boolean quick;

    @Option(names = "--seeds", paramLabel = "K", description = "Networks per width.")
    private Integer seeds;

    @Option(
            names = "--widths",
            paramLabel = "N",
            split = ",",
            splitSynopsisLabel = ",",
            description = "Widths N of the networks.")
    private int[] widths;

    @Option(
            names = "--width-theory",
            description =
                    "fig1 only: also draw what theory alone says of alignment at finite width, 1 - c/N to leading order,"
                            + " and write width-theory.csv.")
    private boolean widthTheory;

    @Mixin
    private WeightsOption weights;

    @Mixin
    private DrawingOptions drawing;

    @Mixin
    private DeviceOption device;

    @Mixin
    private ReplaceOption replace;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (list) {
            FigureCatalogue.all().forEach(figure -> out().printf("%-28s%s%n", figure.name(), figure.summary()));
            return Main.OK;
        }
        if (name == null) {
            throw new ParameterException(spec.commandLine(), "FIGURE is missing; 'reproduce --list' lists them");
        }
        ReproducibleFigure figure = FigureCatalogue.named(name);
        // A quick version never takes the place of a full one.
        Path target = folder == null ? Path.of("widthbench-out", figure.folder() + (quick ? "-quick" : "")) : folder;
        drawing.check();
        OutputFolder.requireUsable(target);
        ReproducibleFigure.Prepared prepared = figure.prepare(options());
        requireFollowed(figure);
        Networks networks = weights.of(Networks.standard(PrecisionChoice.AUTO), device);
        Provenance provenance = Provenance.begin(
                commandLine(), Settings.of(prepared.result().orElse(figure.name()), prepared.settings()));
        try (networks;
                SharedFolder results =
                        new SharedFolder(target, provenance.settings(), replace.force(), reporter()::say);
                Backend backend =
                        prepared.needsFloat64() || widthTheory ? device.open(FieldPrecision.FLOAT64) : device.open()) {
            results.begin();
            // A quick version is done before it can be killed.
            FigureStudy study = quick
                    ? FigureStudy.inMemory(target, backend, reporter())
                    : FigureStudy.in(target, backend, reporter(), results, provenance.settings());
            Report all = prepared.work().apply(study.with(networks, widthTheory));
            Report computed = quick ? all.ofSmallRun() : all;
            results.publish(() -> publish(figure, target, computed, provenance));
            study.finish();
        }
        out().println(target.resolve("index.html"));
        return Main.OK;
    }

    /** @throws InvalidInputException naming an option about networks that the figure cannot follow */
    private void requireFollowed(ReproducibleFigure figure) {
        InvalidInputException.require(
                figure.isOverWidths() || weights.word().equals("dense"),
                "--weights",
                weights.word(),
                "dense for " + figure.name() + "; fig1 takes the others");
        InvalidInputException.require(
                figure.isOverWidths() || !widthTheory,
                "--width-theory",
                figure.name(),
                "fig1, which shows alignment against width");
    }

    private void publish(ReproducibleFigure figure, Path target, Report computed, Provenance provenance) {
        long started = System.nanoTime();
        Report report = reporter().stage("figures", progress -> drawing.write(computed, target));
        Map<String, Object> summary = new LinkedHashMap<>(report.summary());
        summary.put("figureSeconds", (System.nanoTime() - started) / 1e9);
        summary.put("wallSeconds", provenance.wallSeconds());
        ResultFiles.writeSummary(target, summary, provenance);
        Report.Origin origin = Pages.origin(provenance);
        List<String> others = others(figure, target);
        if (!figure.folder().equals(figure.name())) {
            ResultFiles.writeSummary(target, figure.name() + "-summary.json", summary, provenance);
            ReportPage.write(target, page(figure), report, origin, others);
        }
        ReportPage.write(target, ReportPage.FILE, report, origin, others);
        Manifest.writeOwn(target);
        report.verdicts().forEach(verdict -> out().println(verdict.text()));
    }

    /** Pages of the figures that share the folder and lie there; what is drawn last takes {@code index.html}. */
    private static List<String> others(ReproducibleFigure figure, Path target) {
        return FigureCatalogue.all().stream()
                .filter(other ->
                        other.folder().equals(figure.folder()) && !other.name().equals(figure.name()))
                .map(ReproduceCommand::page)
                .filter(page -> Files.exists(target.resolve(page)))
                .toList();
    }

    private static String page(ReproducibleFigure figure) {
        return figure.name() + ".html";
    }

    private FigureOptions options() {
        if (seeds != null) {
            InvalidInputException.require(seeds >= 1, "--seeds", seeds, "a whole number >= 1");
        }
        int[] ascending = null;
        if (widths != null) {
            ascending = Arrays.stream(widths).sorted().distinct().toArray();
            InvalidInputException.require(
                    ascending[0] >= 1, "--widths", Arrays.toString(widths), "whole numbers >= 1 such as 50,500");
        }
        return new FigureOptions(
                quick,
                Optional.ofNullable(data).map(DataSection::parse),
                seeds == null ? OptionalInt.empty() : OptionalInt.of(seeds),
                Optional.ofNullable(ascending));
    }
}

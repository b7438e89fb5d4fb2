package org.widthbench.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.ExperimentGrid;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.Settings;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.sweep.GridSweep;
import org.widthbench.sweep.SlurmResources;
import org.widthbench.sweep.SlurmSweep;
import org.widthbench.training.WidthTheory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "sweep",
        header = "Train networks of many widths and seeds and compare each with the theory.",
        description = {
            "Writes DIR/theory.npz, DIR/alignment.csv, DIR/summary.json, DIR/index.html and its figures. Each finished"
                    + " network leaves a small file in DIR/tasks; a sweep that was stopped goes on with --resume, which"
                    + " computes only what is missing, damaged or of another configuration.",
            "",
            "With sweep.grid in the configuration all of this is done for every combination of its values, each in a folder"
                    + " of its own below DIR/points, and DIR/alignment.csv holds all tables with a column more per axis.",
            "",
            "Several processes, on one machine or on many that share DIR, divide the work among themselves."
        },
        footer = {
            "  widthbench sweep examples/tanh.yaml --out sweep",
            "  widthbench sweep examples/tanh.yaml --out sweep --resume",
            "  widthbench sweep examples/tanh.yaml --out sweep --engine slurm --time 04:00:00 --memory 16G --wait",
            "  widthbench sweep examples/tanh.yaml --out small --set sweep.widths=[50,200,800] --set sweep.seeds=4",
            "  widthbench sweep examples/tanh.yaml --out grid --set 'sweep.grid={training.gamma0: [0.5, 1, 2]}'"
        })
final class SweepCommand extends ExperimentCommand {
    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the results.")
    private Path folder;

    @Option(
            names = "--engine",
            paramLabel = "local|slurm",
            defaultValue = "local",
            description =
                    "Where the networks are trained (default: ${DEFAULT-VALUE}): in this process, or in the jobs of a"
                            + " Slurm cluster (docs/how-to/run-on-slurm.md).")
    private String engine;

    @Option(
            names = "--trainer",
            paramLabel = "nd4j|backend",
            defaultValue = NetworkOptions.STANDARD,
            description =
                    "What trains (default: ${DEFAULT-VALUE}): ND4J on the CPU, or the theory's own linear algebra on"
                            + " the --device, many networks side by side.")
    private String trainer;

    @Option(names = "--resume", description = "Keep what an earlier run of the same configuration finished.")
    private boolean resume;

    @Option(
            names = "--jobs",
            paramLabel = "K",
            defaultValue = "0",
            description =
                    "Networks trained at the same time by one process (default: as many as there are cores, if the"
                            + " memory carries them).")
    private int jobs;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "auto|10min|90s|20steps",
            defaultValue = "auto",
            description = "Keep the state of a theory that is being solved that often, to go on from there, to the same"
                    + " numbers, after a kill (default: ${DEFAULT-VALUE}, as often as costs next to nothing).")
    private String checkpointEvery;

    @Option(
            names = "--only",
            paramLabel = "train|gather",
            description =
                    "Do one part: train what nobody else is at, or write tables and figures of what is finished. For"
                            + " clusters: any number of machines may train on one shared folder.")
    private String only;

    @Mixin
    private SlurmOptions slurm;

    @Mixin
    private DrawingOptions drawing;

    @Mixin
    private ReplaceOption replace;

    @Mixin
    private NetworkOptions options;

    @Mixin
    private WidthTheoryOption finite;

    @Override
    int run() {
        boolean onSlurm = engine.equals("slurm");
        InvalidInputException.require(onSlurm || engine.equals("local"), "--engine", engine, "local or slurm");
        InvalidInputException.require(
                !onSlurm || only == null, "--only", only, "none with --engine slurm, whose jobs do both parts");
        InvalidInputException.require(jobs >= 0, "--jobs", jobs, "a whole number >= 1");
        InvalidInputException.require(
                only == null || only.equals("train") || only.equals("gather"), "--only", only, "train or gather");
        CheckpointFile.Interval every = CheckpointFile.Interval.parse("--checkpoint-every", checkpointEvery);
        ExperimentGrid grid = configuration.readGrid();
        drawing.check();
        grid.points().forEach(point -> finite.check(point.experiment()));
        int all = networks(grid);
        SlurmResources resources = onSlurm ? slurm.resources(all) : null;
        if (!onSlurm) {
            slurm.requireNone();
        }
        Networks networks = options.networks("--trainer", trainer, device);
        OutputFolder.requireUsable(folder);
        Provenance provenance = Provenance.begin(commandLine(), Settings.of("sweep", grid.toMap()));
        try (networks;
                GridSweep sweep = new GridSweep(folder, grid, networks, jobs, every)) {
            sweep.describe(reporter());
            sayPrecision(sweep, grid, networks);
            if (onSlurm) {
                return submit(sweep, grid, resources);
            }
            boolean gathers = "gather".equals(only);
            if (sweep.begin(resume || gathers, replace.force(), reporter()::say) && !gathers) {
                reporter().say("another process is at work on " + folder + ": sharing it");
            }
            if (!gathers) {
                try (Backend backend = device.open()) {
                    sweep.compute(only == null, backend, reporter());
                }
            }
            if ("train".equals(only)) {
                out().println(sweep.trained() + " networks trained here");
            } else {
                requireComplete(sweep.missing());
                Provenance origin = provenance.with(sweep.settings());
                List<Optional<WidthTheory>> expected = expected(sweep, grid);
                sweep.publish(
                        () -> new SweepPages(folder, grid, networks, origin, drawing).write(sweep, expected, out()));
            }
        }
        return Main.OK;
    }

    /** What theory expects of finite widths at every point of the grid, where that is asked for. */
    private List<Optional<WidthTheory>> expected(GridSweep sweep, ExperimentGrid grid) {
        if (finite.words().isEmpty()) {
            return Collections.nCopies(grid.points().size(), Optional.empty());
        }
        try (Backend backend = device.open()) {
            return IntStream.range(0, grid.points().size())
                    .mapToObj(p ->
                            finite.expected(grid.points().get(p).experiment(), sweep.problem(p), backend, reporter()))
                    .toList();
        }
    }

    /** Of what is not float32 throughout, and of float32 that is too coarse. */
    private void sayPrecision(GridSweep sweep, ExperimentGrid grid, Networks networks) {
        IntStream.range(0, grid.points().size())
                .boxed()
                .flatMap(p -> {
                    Problem problem = sweep.problem(p);
                    int[] widths = grid.points().get(p).experiment().sweep().widths();
                    String formats = networks.formats(problem, widths);
                    return Stream.concat(
                            networks.precision().warning(problem, widths).stream(),
                            formats.equals("float32") ? Stream.empty() : Stream.of("networks in " + formats));
                })
                .distinct()
                .forEach(reporter()::say);
    }

    private static int networks(ExperimentGrid grid) {
        long networks = grid.points().stream()
                .mapToLong(point -> point.experiment().sweep().tasks())
                .sum();
        InvalidInputException.require(
                networks <= SweepSpec.MOST_NETWORKS,
                "sweep",
                networks + " networks at " + grid.points().size() + " points of the grid",
                "at most " + SweepSpec.MOST_NETWORKS + " in all");
        return (int) networks;
    }

    private int submit(GridSweep sweep, ExperimentGrid grid, SlurmResources resources) {
        sweep.begin(resume, replace.force(), reporter()::say);
        List<String> arguments =
                new ArrayList<>(List.of("--jobs", String.valueOf(jobs), "--checkpoint-every", checkpointEvery));
        arguments.addAll(device.words());
        arguments.addAll(options.words());
        arguments.addAll(drawing.words());
        arguments.addAll(finite.words());
        arguments.addAll(List.of("--trainer", trainer));
        SlurmSweep jobsOfSweep = new SlurmSweep(folder, SlurmOptions.program(), arguments, resources);
        SlurmSweep.Jobs submitted = jobsOfSweep.submit(grid.toMap(), slurm.waits());
        if (slurm.waits()) {
            out().print(jobsOfSweep.gathered(submitted));
            return submitted.exit();
        }
        out().println("array job " + submitted.array() + ", " + resources.workers() + " tasks; job "
                + submitted.gather() + " gathers when it has ended; logs in " + folder.resolve("slurm"));
        return Main.OK;
    }

    private void requireComplete(List<String> missing) {
        if (!missing.isEmpty()) {
            throw new InvalidInputException("--out " + folder + ": " + missing.size()
                    + " results are missing or damaged, the first is that of " + missing.get(0)
                    + "; run the sweep with --resume");
        }
    }
}

package org.widthbench.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.Cost;
import org.widthbench.core.solver.ErrorBars;
import org.widthbench.core.solver.PivotReport;
import org.widthbench.core.solver.Solution;
import org.widthbench.core.solver.Solver;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.Settings;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.sweep.SharedFolder;
import org.widthbench.training.WidthTheory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "solve",
        header = "Solve the infinite-width theory of a configuration.",
        description =
                "Writes DIR/theory.npz, a NumPy archive with the arrays times, loss, delta, f, Phi_1.., G_1.., ntk, h_1..,"
                        + " z_1.., and DIR/summary.json with the final loss, the time and where the numbers came from.",
        footer = {
            "  widthbench solve examples/tanh.yaml --out theory",
            "  widthbench solve examples/tanh.yaml --out lazy --set training.gamma0=0.2",
            "  widthbench solve examples/tanh.yaml --out ntk --set theory.solver=static-ntk",
            "  widthbench solve examples/tanh.yaml --out theory --width-theory",
            "  widthbench solve examples/tanh.yaml --out long --checkpoint-every 5min    (and, after a kill, --resume)",
            "  python3 -c \"import numpy; print(numpy.load('theory/theory.npz')['loss'])\""
        })
final class SolveCommand extends ExperimentCommand {
    /** Beyond this, a lower error asks for days: the error falls like one over the square root. */
    private static final int MAX_SAMPLES = 1 << 18;

    /** So many bars hold nine of ten errors at least, {@code widthbench bench coverage}. */
    private static final int BARS_OF_TARGET = 2;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the results.")
    private Path folder;

    @Option(
            names = "--no-error-bars",
            description = "Skip the error bars of loss and kernels, which take one to three times as long as the solve"
                    + " (causal solvers).")
    private boolean noErrorBars;

    @Option(
            names = "--target-error",
            paramLabel = "E",
            description = "Double theory.samples until two error bars of the loss are at most E at every time.")
    private Double targetError;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "auto|10min|90s|20steps",
            description = "Keep the state of the solve in DIR/checkpoint.npz that often, for --resume.")
    private String checkpointEvery;

    @Option(
            names = "--resume",
            description = "Go on from DIR/checkpoint.npz, to the very numbers of a solve that was not stopped; keeps"
                    + " checkpoints too, as often as costs next to nothing unless told otherwise.")
    private boolean resume;

    @Option(
            names = "--width-theory",
            description =
                    "Also write DIR/width.npz: how networks of finite width lie about the theory, to leading order in 1/N.")
    private boolean widthTheory;

    @Mixin
    private DrawsOption draws;

    @Mixin
    private ReplaceOption replace;

    @Override
    int run() {
        InvalidInputException.require(
                targetError == null || targetError > 0, "--target-error", targetError, "a number > 0");
        CheckpointFile.Interval every = checkpointEvery == null
                ? CheckpointFile.Interval.standard()
                : CheckpointFile.Interval.parse("--checkpoint-every", checkpointEvery);
        draws.check();
        Experiment experiment = configuration.read();
        OutputFolder.requireUsable(folder);
        Settings asked = Settings.of("solve", experiment.toMap()).with("targetError", targetError);
        Provenance begun = Provenance.begin(commandLine(), asked);
        Problem problem = experiment.problem();
        Provenance provenance = begun.with(asked.withData(problem.dataset()));
        Map<String, Object> details = new LinkedHashMap<>();
        try (Backend backend = device.open();
                SharedFolder results =
                        new SharedFolder(folder, provenance.settings(), replace.force(), reporter()::say)) {
            Path checkpoint = folder.resolve("checkpoint.npz");
            if (!results.begin(resume, List.of(), false) && !resume) {
                // What a killed solve has left.
                AtomicFile.delete(checkpoint);
            }
            experiment.describe(problem, reporter());
            Cost cost = experiment.theory().solver().cost(problem, backend);
            cost.requireFits();
            cost.text(backend).ifPresent(reporter()::say);
            details.putAll(cost.choices());
            Solved solved;
            if (resume || checkpointEvery != null) {
                cost.checkpoints().ifPresent(reporter()::say);
                CheckpointFile file = new CheckpointFile(
                        checkpoint, identity(provenance.settings(), backend), every, reporter()::say);
                solved = file.run(
                        backend,
                        resume,
                        (checkpointing, checkpoints) -> solve(experiment, problem, checkpointing, checkpoints));
            } else {
                solved = solve(experiment, problem, backend, progress -> progress);
            }
            details.put("backend", backend.description());
            details.put("solver", experiment.theory().method().word());
            details.put("seed", experiment.theory().seed());
            solved.bars.ifPresent(bars -> {
                details.put("samples", solved.samples);
                details.put("standardError", describe(bars));
            });
            details.putAll(solved.solution.diagnostics());
            OrderParameters theory = solved.solution.results();
            results.publish(() -> ResultFiles.write(
                    folder, ResultKind.THEORY, theory, problem.dataset(), solved.seconds, details, provenance));
            print(
                    "%s: final loss %.6g%s, solved in %.2f s%n",
                    folder.resolve(ResultKind.THEORY.file()),
                    theory.finalLoss(),
                    solved.bars
                            .map(bars -> String.format(
                                    Locale.ROOT,
                                    " +- %.1e (one standard error; largest over times %.1e)",
                                    bars.finalLoss(),
                                    bars.loss()))
                            .orElse(""),
                    solved.seconds);
            if (solved.solution.pivots().forward().length > 0) {
                out().println(solved.solution.pivots().text());
            }
            solved.solution.warning().ifPresent(out()::println);
            if (widthTheory) {
                WidthTheory width = draws.theory(experiment, problem, backend, reporter());
                Map<String, Tensor> arrays = new LinkedHashMap<>();
                width.arrays().forEach((name, values) -> arrays.put(name, Tensor.vector(values)));
                Path file = folder.resolve("width.npz");
                results.publish(() -> ResultFiles.writeArrays(file, arrays, provenance.settings()));
                print(file, width);
            }
        }
        return Main.OK;
    }

    private void print(Path file, WidthTheory width) {
        WidthTheory.Settings settings = width.settings();
        print(
                "%s: to leading order in 1/N, %d draws of a network of %d neurons%n",
                file, settings.draws(), settings.samples());
        print("  step   sqrt(N) std of the loss   N bias of the loss%n");
        int last = width.lossStd().value().length - 1;
        for (int t : IntStream.of(0, last / 4, last / 2, 3 * last / 4, last)
                .distinct()
                .toArray()) {
            print("  %4d   %s        %s%n", t, text(width.lossStd(), t), text(width.lossBias(), t));
        }
        print("  layer   N (1 - A) of Phi         of G%n");
        for (int l = 0; l < width.misalignmentFeatures().value().length; l++) {
            print(
                    "  %5d   %s   %s%n",
                    l + 1, text(width.misalignmentFeatures(), l), text(width.misalignmentGradients(), l));
        }
    }

    private static String text(WidthTheory.Estimate estimate, int i) {
        return String.format(Locale.ROOT, "%9.4g +- %-8.2g", estimate.value()[i], estimate.error()[i]);
    }

    /**
     * What was computed.
     *
     * @param samples that it took
     */
    private record Solved(Solution solution, int samples, Optional<ErrorBars> bars, double seconds) {}

    /** All that determines which operations follow each other, and their numbers. */
    private String identity(Settings settings, Backend backend) {
        return settings.with("errorBars", !noErrorBars)
                .with("backend", backend.description())
                .with("code", Code.hash())
                .text();
    }

    private Solved solve(Experiment experiment, Problem problem, Backend backend, UnaryOperator<Progress> checkpoints) {
        String stage = "theory (" + experiment.theory().method().word() + ")";
        TheorySettings settings = experiment.theory();
        while (true) {
            Solver solver = settings.solver();
            long started = System.nanoTime();
            Solution solution =
                    reporter().stage(stage, progress -> solver.solve(problem, backend, checkpoints.apply(progress)));
            double seconds = (System.nanoTime() - started) / 1e9;
            Optional<ErrorBars> bars = noErrorBars && targetError == null
                    ? Optional.empty()
                    : errorBars(settings, problem, solution, backend, checkpoints);
            if (targetError == null
                    || bars.isEmpty()
                    || BARS_OF_TARGET * bars.get().loss() <= targetError) {
                return new Solved(solution, settings.samples(), bars, seconds);
            }
            settings = refined(settings, solution.pivots(), bars.get());
        }
    }

    /** None where other noise cannot be carried, which is said. */
    private Optional<ErrorBars> errorBars(
            TheorySettings settings,
            Problem problem,
            Solution solution,
            Backend backend,
            UnaryOperator<Progress> checkpoints) {
        try {
            return reporter().stage("error bars, " + settings.samples() + " samples", progress -> settings.solver()
                    .errorBars(problem, solution, backend, checkpoints.apply(progress)));
        } catch (SolverException e) {
            if (targetError != null) {
                throw e;
            }
            reporter().say("no error bars: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Twice the samples, if these can bring the error down. */
    private TheorySettings refined(TheorySettings settings, PivotReport pivots, ErrorBars bars) {
        double left = pivots.left();
        boolean tolerated = left <= Math.max(settings.toleranceU(), settings.toleranceR());
        InvalidInputException.require(
                BARS_OF_TARGET * bars.bias() <= targetError
                        || (!tolerated && settings.maxPivots() == CausalSolver.AUTO_PIVOTS),
                "--target-error",
                targetError,
                String.format(
                        Locale.ROOT,
                        "more than %.1e with any number of samples, since pivots leave %.1e of a variance to noise; %s",
                        BARS_OF_TARGET * bars.bias(),
                        left,
                        tolerated ? "lower theory.toleranceU and theory.toleranceR" : "raise theory.maxPivots"));
        InvalidInputException.require(
                settings.samples() <= MAX_SAMPLES / 2,
                "--target-error",
                targetError,
                "more than what " + settings.samples() + " samples reach, " + BARS_OF_TARGET * bars.loss());
        return settings.withSamples(2 * settings.samples());
    }

    private static Map<String, Object> describe(ErrorBars bars) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("finalLoss", bars.finalLoss());
        map.put("loss", bars.loss());
        map.put("Phi", bars.features());
        map.put("G", bars.gradients());
        map.put("replicates", bars.replicates());
        map.put("method", bars.method());
        return map;
    }
}

package org.widthbench.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Solver;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.ConvolutionalCausalSolver;
import org.widthbench.core.solver.ConvolutionalCost;
import org.widthbench.core.solver.SamplingError;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "solve",
        mixinStandardHelpOptions = true,
        header = "Solve the infinite-width theory of a configuration.",
        description = {
            "",
            "Writes DIR/theory.npz, a NumPy archive with the arrays times, loss, delta, f, Phi_1.., G_1.., ntk, h_1..,"
                    + " z_1.., and DIR/summary.json with the final loss, the time and where the numbers came from.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  widthbench solve examples/tanh.yaml --out theory",
            "  widthbench solve examples/tanh.yaml --out lazy --set training.gamma0=0.2",
            "  widthbench solve examples/tanh.yaml --out ntk --set theory.solver=static-ntk",
            "  widthbench solve examples/tanh.yaml --out long --checkpoint-every 5min    (and, after a kill, --resume)",
            "  python3 -c \"import numpy; print(numpy.load('theory/theory.npz')['loss'])\""
        })
final class SolveCommand extends Subcommand {
    /** Beyond this, a lower error asks for days: the error falls like one over the square root. */
    private static final int MAX_SAMPLES = 1 << 18;

    private static final String WARNING = "warning";

    @Mixin
    private ExperimentOptions experimentOptions;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the results.")
    private Path folder;

    @Option(
            names = "--no-error-bars",
            description = "Skip the error bars of loss and kernels, which take as long as the solve (causal solvers).")
    private boolean noErrorBars;

    @Option(
            names = "--target-error",
            paramLabel = "E",
            description = "Double theory.samples until the error bar of the loss is at most E at every time.")
    private Double targetError;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "10min|90s|20steps",
            description = "Keep the state of the solve in DIR/checkpoint.npz that often, for --resume.")
    private String checkpointEvery;

    @Option(
            names = "--resume",
            description = "Go on from DIR/checkpoint.npz, to the very numbers of a solve that was not stopped; keeps"
                    + " checkpoints too, every 10 minutes unless told otherwise.")
    private boolean resume;

    @Mixin
    private DeviceOption device;

    @Override
    public Integer call() {
        return experimentOptions.naming(this::run);
    }

    private int run() {
        InvalidInputException.require(
                targetError == null || targetError > 0, "--target-error", targetError, "a number > 0");
        CheckpointFile.Interval every = checkpointEvery == null
                ? CheckpointFile.Interval.standard()
                : CheckpointFile.Interval.parse("--checkpoint-every", checkpointEvery);
        Experiment experiment = experimentOptions.read();
        OutputFolder.requireUsable(folder);
        Provenance provenance = Provenance.begin(
                commandLine(), Settings.of("solve", experiment.toMap()).with("targetError", targetError));
        Problem problem = experiment.problem();
        provenance = provenance.with(provenance.settings().withData(problem.dataset()));
        Solver solver = experiment.theory().solver();
        Map<String, Object> details = new LinkedHashMap<>();
        try (Backend backend = device.open()) {
            experiment.describe(problem, reporter());
            if (problem.network().architecture() == Network.Architecture.CNN && solver instanceof CausalSolver causal) {
                ConvolutionalCost cost = new ConvolutionalCausalSolver(causal).cost(problem, backend);
                reporter().say(cost.text(backend));
                cost.requireFits();
                if (resume || checkpointEvery != null) {
                    reporter().say(cost.checkpoints());
                }
                details.put("memory", cost.form().name().toLowerCase(Locale.ROOT));
            }
            Solved solved;
            if (resume || checkpointEvery != null) {
                CheckpointFile file = new CheckpointFile(
                        folder.resolve("checkpoint.npz"),
                        identity(provenance.settings(), backend),
                        every,
                        reporter()::say);
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
            solved.describe(details);
            ResultFiles.write(
                    folder, ResultKind.THEORY, solved.theory, problem.dataset(), solved.seconds, details, provenance);
            out().printf(
                            Locale.ROOT,
                            "%s: final loss %.6g%s, solved in %.2f s%n",
                            folder.resolve(ResultKind.THEORY.file()),
                            solved.theory.finalLoss(),
                            solved.error == null
                                    ? ""
                                    : String.format(Locale.ROOT, " (loss within %.1e)", solved.error.loss()),
                            solved.seconds);
            if (solved.pivots.containsKey(WARNING)) {
                out().println(solved.pivots.get(WARNING));
            }
        }
        return Main.OK;
    }

    /**
     * What was computed.
     *
     * @param error null if there are no error bars
     */
    private record Solved(
            OrderParameters theory, Solver solver, SamplingError error, Map<String, Object> pivots, double seconds) {
        void describe(Map<String, Object> details) {
            if (error != null) {
                details.put("samples", ((CausalSolver) solver).samples());
                details.put("standardError", SolveCommand.describe(error));
            }
            if (!pivots.isEmpty()) {
                details.put("pivots", pivots);
            }
        }
    }

    /** All that determines which operations follow each other, and their numbers. */
    private String identity(Settings settings, Backend backend) {
        return settings.with("errorBars", !noErrorBars)
                .with("backend", backend.description())
                .with("code", Code.hash())
                .text();
    }

    private Solved solve(Experiment experiment, Problem problem, Backend backend, UnaryOperator<Progress> checkpoints) {
        Solver solver = experiment.theory().solver();
        SamplingError error = null;
        if (solver instanceof CausalSolver causal && (targetError != null || !noErrorBars)) {
            error = errorBars(causal, problem, backend, checkpoints);
            while (targetError != null && error.loss() > targetError) {
                causal = refined(causal, error);
                error = errorBars(causal, problem, backend, checkpoints);
            }
            solver = causal;
        }
        long started = System.nanoTime();
        Solver chosen = solver;
        Map<String, Object> pivots = new LinkedHashMap<>();
        OrderParameters theory = reporter()
                .stage(
                        "theory (" + experiment.theory().method().word() + ")",
                        progress -> solve(chosen, problem, backend, checkpoints.apply(progress), pivots));
        return new Solved(theory, chosen, error, pivots, (System.nanoTime() - started) / 1e9);
    }

    private static OrderParameters solve(
            Solver solver, Problem problem, Backend backend, Progress progress, Map<String, Object> pivots) {
        if (!(solver instanceof CausalSolver causal)) {
            return solver.solve(problem, backend, progress);
        }
        CausalSolver.Solution solution = causal.solveReporting(problem, backend, progress);
        pivots.put("u", solution.pivots().forward());
        pivots.put("r", solution.pivots().backward());
        pivots.put("capturedU", solution.pivots().forwardCaptured());
        pivots.put("capturedR", solution.pivots().backwardCaptured());
        solution.pivots().warning().ifPresent(warning -> pivots.put(WARNING, warning));
        return solution.orderParameters();
    }

    /** Null where half of the samples cannot carry the pivots that all of them can. */
    private SamplingError errorBars(
            CausalSolver solver, Problem problem, Backend backend, UnaryOperator<Progress> checkpoints) {
        try {
            return reporter()
                    .stage(
                            "error bars, " + solver.samples() + " samples",
                            progress -> SamplingError.estimate(solver, problem, backend, checkpoints.apply(progress)));
        } catch (SolverException e) {
            if (targetError != null) {
                throw e;
            }
            return null;
        }
    }

    private CausalSolver refined(CausalSolver solver, SamplingError error) {
        InvalidInputException.require(
                solver.samples() <= MAX_SAMPLES / 2,
                "--target-error",
                targetError,
                "more than what " + solver.samples() + " samples reach, " + error.loss());
        return solver.withSamples(2 * solver.samples(), solver.seed());
    }

    private static Map<String, Object> describe(SamplingError error) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("loss", error.loss());
        map.put("Phi", error.features());
        map.put("G", error.gradients());
        map.put("method", "half the difference of two independent solves with half of the samples");
        return map;
    }
}

package org.widthbench.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.LinearSolver;
import org.widthbench.training.family.NetworkFamily;
import org.widthbench.training.family.TrainableNetwork;
import org.widthbench.training.stream.Samples;
import org.widthbench.training.stream.Teacher;

/**
 * The expansion in 1/N of docs/theory.md section 7 on narrow linear networks, 600 of each width, against the closed equations: outputs of
 * one network scatter by {@code N^-1/2} about their mean, which is {@code 1/N} from the limit.
 */
class PowersOfWidthTest {
    private static final int[] WIDTHS = {12, 24, 48};
    private static final int SEEDS = 600;
    private static final int STEPS = 5;
    private static final double ETA = 0.1;

    private static TaskView task;
    private static double[] targets;

    @BeforeAll
    static void train() {
        Samples training = new Teacher(3, new int[] {1}, 0.5, 0, 3).training(0, 4);
        Network linear = Network.mlp(2, new Linear());
        Problem problem = new Problem(
                Samples.dataset(training, training.slice(0, 0)), linear, Training.descent(1, ETA, STEPS + 1));
        targets = training.targets();
        List<NetworkRun> runs = new ArrayList<>();
        try (Backend backend = new CpuBackend()) {
            Tensor f = new LinearSolver(8, 0)
                    .solve(problem, backend, Progress.NONE)
                    .results()
                    .f();
            double[] limit = new double[4];
            for (int k = 0; k < 4; k++) {
                limit[k] = f.get(STEPS, k);
            }
            NetworkFamily family = new NetworkFamily(linear, 1, new int[] {3}, backend);
            for (int width : WIDTHS) {
                for (long seed = 0; seed < SEEDS; seed++) {
                    try (TrainableNetwork network = family.create(width, seed)) {
                        for (int t = 0; t < STEPS; t++) {
                            network.descend(training, ETA);
                        }
                        runs.add(run(width, seed, network.predict(training.inputs())));
                    }
                }
            }
            task = new TaskView(new StudyResult.TaskResult(
                    "linear", targets, runs, run(0, 0, limit).observed()));
        }
    }

    private static NetworkRun run(int width, long seed, double[] predictions) {
        Tensor f = Tensor.zeros(1, predictions.length);
        System.arraycopy(predictions, 0, f.data(), 0, predictions.length);
        Tensor none = Tensor.zeros(1, 1, 1);
        Observed observed = new Observed(new int[] {STEPS}, f, List.of(none), List.of(none), none, none, List.of());
        return new NetworkRun(width, seed, observed, new double[0], none);
    }

    private static PowerFit fit(Function<TaskView, double[]> perWidth) {
        return Scaling.ofLimit(task, "", 0, perWidth).fit().orElseThrow();
    }

    /** Three standard errors, and the interval must say something. */
    private static void assertExponent(PowerFit fit, double expected, double largestHalf) {
        double half = (fit.high() - fit.low()) / 2;
        assertThat(fit.widths()).isEqualTo(WIDTHS.length);
        assertThat(half).isLessThan(largestHalf);
        assertThat(fit.exponent()).isCloseTo(expected, within(1.5 * half));
    }

    @Test
    void varianceBetweenSeedsFallsAsTheInverseWidth() {
        assertExponent(fit(view -> view.perWidth(group -> group.decomposition(0).seedVariance())), 1, 0.15);
    }

    @Test
    void seedAverageApproachesTheTheoryAsTheInverseSquare() {
        assertExponent(fit(view -> view.perWidth(group -> PredictionClaims.toTheory(view, group))), 2, 0.6);
    }

    @Test
    void biasOfNarrowerWidthFallsAsTheInverseWidth() {
        double limit = Decomposition.meanSquare(task.theory().predictions(0), targets);
        assertExponent(fit(view -> view.perWidth(group -> group.decomposition(0).infiniteEnsemble() - limit)), 1, 0.4);
    }

    /** Predictions 1, 3, 2 of 0 have losses 1, 9, 4: the excess over that of the widest is -3, 5, 0. */
    @Test
    void excessOverTheWidestKeepsItsSign() {
        List<NetworkRun> runs =
                List.of(run(8, 0, new double[] {1}), run(16, 0, new double[] {3}), run(32, 0, new double[] {2}));
        Observed limit = run(0, 0, new double[] {2}).observed();
        TaskView small = new TaskView(new StudyResult.TaskResult("t", new double[] {0}, runs, limit));
        String values = PredictionClaims.loss(List.of(small)).picture().whole().valuesAsJson();
        assertThat(values).contains("[-3.0]", "[5.0]");
    }

    /** Otherwise the widest would be compared with fewer networks than the others, and seem to agree less. */
    @Test
    void everyWidthIsComparedWithEquallyManyOfTheWidest() {
        for (WidthGroup group : task.groups()) {
            NetworkRun run = group.runs().get(3);
            assertThat(task.others(run).width()).isEqualTo(WIDTHS[WIDTHS.length - 1]);
            assertThat(task.others(run).runs()).hasSize(SEEDS - 1).noneMatch(other -> other.seed() == run.seed());
        }
    }
}

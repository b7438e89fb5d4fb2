package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;

class ErrorBarsTest {
    private static final CpuBackend BACKEND = new CpuBackend();
    private static final int STEPS = 12;

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    /** The last of five points is a test point. */
    private static Problem problem(Network network) {
        Dataset data = new Dataset(Threefry.normal(2, 10, 5), new double[] {1, 1, -1, -1});
        return new Problem(data, network, Training.descent(1, 0.2, STEPS));
    }

    private static ErrorBars bars(CausalSolver solver, Problem problem) {
        return bars(solver, problem, solver.solve(problem, BACKEND));
    }

    private static ErrorBars bars(CausalSolver solver, Problem problem, Solution solution) {
        return solver.errorBars(problem, solution, BACKEND, Progress.NONE).orElseThrow();
    }

    private static double largest(double[] loss, double[] truth) {
        double largest = 0;
        for (int t = 0; t < truth.length; t++) {
            largest = Math.max(largest, Math.abs(loss[t] - truth[t]));
        }
        return largest;
    }

    /**
     * The truth is the mean of 16 solves with four times the samples: its own error is an eighth of one solve's. Of 60 errors nine in ten
     * are 54; fewer than 47 have a chance of 2e-3 (binomial, three standard deviations).
     */
    @Test
    void twoBarsHoldNineOfTenErrors() {
        int seeds = 20;
        int last = 0;
        int all = 0;
        for (String activation : new String[] {"tanh", "relu", "erf"}) {
            Problem problem = problem(Network.mlp(2, Activation.of(activation, 1)));
            double[] truth = new double[STEPS];
            for (int k = 0; k < 16; k++) {
                double[] loss = new CausalSolver(1024, 1000 + k)
                        .withTolerances(1e-7, 1e-5)
                        .solve(problem, BACKEND)
                        .results()
                        .loss();
                for (int t = 0; t < STEPS; t++) {
                    truth[t] += loss[t] / 16;
                }
            }
            for (int seed = 0; seed < seeds; seed++) {
                CausalSolver solver = new CausalSolver(256, seed);
                Solution solution = solver.solve(problem, BACKEND);
                ErrorBars bars = bars(solver, problem, solution);
                double[] loss = solution.results().loss();
                last += Math.abs(loss[STEPS - 1] - truth[STEPS - 1]) <= 2 * bars.finalLoss() ? 1 : 0;
                all += largest(loss, truth) <= 2 * bars.loss() ? 1 : 0;
                assertThat(bars.finalLoss()).isPositive().isLessThanOrEqualTo(bars.loss());
                assertThat(bars.loss()).isLessThan(0.1);
            }
        }
        assertThat(last).isGreaterThanOrEqualTo(47);
        assertThat(all).isGreaterThanOrEqualTo(47);
    }

    /** The truth are the closed equations. Orthonormal noise has next to no sampling error here, the pivots' tolerances have a bias. */
    @Test
    void barsOfLinearNetworksHoldWhatTheTolerancesHide() {
        for (int depth = 2; depth <= 3; depth++) {
            Problem problem = problem(Network.mlp(depth, new Linear()));
            double[] truth =
                    new LinearSolver(1, 0).solve(problem, BACKEND).results().loss();
            CausalSolver solver = new CausalSolver(512, 1);
            double[] loss = solver.solve(problem, BACKEND).results().loss();
            ErrorBars bars = bars(solver, problem);
            assertThat(largest(loss, truth)).isBetween(1e-5, 2 * bars.loss());
            assertThat(Math.abs(loss[STEPS - 1] - truth[STEPS - 1])).isLessThan(2 * bars.finalLoss());
            assertThat(bars.loss()).isLessThan(1e-3);
        }
    }

    @Test
    void exactSolvesHaveNoBars() {
        CausalSolver exact =
                new CausalSolver(256, 3).withTolerances(1e-10, 1e-10).withResidualNoise(false);
        assertThat(bars(exact, problem(Network.mlp(2, new Linear()))).loss()).isLessThan(1e-7);
    }

    /** All 60 rows of r are pivots of a ReLU network, and about as many of u: an eighth of 256 samples cannot carry them. */
    @Test
    void replicatesHaveAsManySamplesAsThePivotsNeed() {
        Problem rough = problem(Network.mlp(2, new Relu()));
        assertThat(bars(new CausalSolver(2048, 0), rough).samples()).isEqualTo(256);
        assertThat(bars(new CausalSolver(512, 0), rough).samples()).isBetween(128, 256);
        ErrorBars all = bars(new CausalSolver(128, 0), rough);
        assertThat(all.samples()).isEqualTo(128);
        assertThat(all.replicates()).isEqualTo(3);
    }
}

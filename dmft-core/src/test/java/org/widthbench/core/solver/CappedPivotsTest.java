package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.SolverException;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;
import org.widthbench.core.weights.GaussianProcess;
import org.widthbench.core.weights.Remainder;

/** Fewer pivots than the tolerances ask for, the rest drawn as a {@link Remainder}. */
class CappedPivotsTest {
    private static final String TANH = "tanh_L3_P10_T50.npz";

    private static Problem tanh(int steps) {
        double[] y = new double[10];
        Arrays.fill(y, 0, 5, -1);
        Arrays.fill(y, 5, 10, 1);
        return new Problem(
                new Dataset(Threefry.normal(0, 25, 10), y),
                Network.mlp(3, new Tanh(0.8)),
                Training.descent(1, 0.2, steps));
    }

    private static Solution solve(CausalSolver solver, Problem problem) {
        try (CpuBackend backend = new CpuBackend()) {
            return solver.solve(problem, backend);
        }
    }

    /**
     * Expected numbers: networks of width 4000. Uncapped, the worst process of this problem takes over 200 pivots; the cap
     * leaves 1 to 4% of three processes to noise.
     */
    @Test
    void aQuarterOfThePivotsStillAgreesWithWideNetworks() throws IOException {
        double[] networks = Golden.array(TANH, "loss4000").data();
        double[] error = Golden.array(TANH, "se4000").data();
        Solution capped = solve(
                new CausalSolver(2048, 0)
                        .withForm(CausalSolver.Form.ACCUMULATOR)
                        .withMaxPivots(40),
                tanh(50));
        assertThat(capped.pivots().forward()).containsExactly(10, 40, 40);
        assertThat(capped.pivots().forwardCaptured()[2]).isBetween(0.9, 0.999);
        double[] loss = capped.results().loss();
        for (int t = 0; t < networks.length; t++) {
            assertThat(loss[t]).as("loss at step %d", t).isCloseTo(networks[t], within(3 * error[t] + 0.01));
        }
    }

    /** Expected numbers: networks of width 4000; the bound is what 128 samples can promise. */
    @Test
    void longRunsFinishWithFewerSamplesThanTheirPivotsAskFor() throws IOException {
        CausalSolver few = new CausalSolver(128, 0);
        assertThatThrownBy(() -> solve(few.withMaxPivots(128), tanh(50)))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("theory.samples")
                .hasMessageContaining("theory.maxPivots");
        Solution capped = solve(few, tanh(50));
        assertThat(capped.pivots().forward()[2]).isEqualTo(64);
        assertThat(capped.pivots().forwardCaptured()[2]).isGreaterThan(0.95);
        assertThat(capped.results().loss())
                .containsExactly(Golden.array(TANH, "loss4000").data(), within(0.04));
    }

    @Test
    void aCapThatNobodyAskedForMustNotLoseTheProcess() {
        double[] y = {1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1};
        Problem problem = new Problem(
                new Dataset(Threefry.normal(0, 40, 12), y), Network.mlp(3, new Tanh(1)), Training.descent(2, 0.2, 100));
        assertThatThrownBy(() -> solve(new CausalSolver(24, 0), problem))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("24 samples cannot carry");
        assertThatThrownBy(() -> new CausalSolver(24, 0).withMaxPivots(-1)).hasMessageContaining("theory.maxPivots");
    }

    /** Expected numbers: the kernel itself, whose rank three one pivot per time cannot explain. */
    @Test
    void whatPivotsLeaveKeepsItsVarianceAndItsCovarianceWithTheTimeBefore() {
        int samples = 1 << 16;
        double[][] rows = {{1, 0.8, 0.2}, {0.9, -0.5, 0.6}, {1.1, 0.6, 0.5}, {0.8, -0.6, 0.3}};
        double[][] drawn = new double[2][2 * samples];
        double captured = 1;
        try (CpuBackend backend = new CpuBackend();
                Remainder remainder = new Remainder(backend, 2, samples, 3, 0)) {
            GaussianProcess law = new GaussianProcess(1e-9, 1);
            int pivot = -1;
            for (int t = 0; t < 2; t++) {
                double[] shares = new double[2 * law.count()];
                for (int i = 0; i < shares.length; i++) {
                    double[] p = rows[pivot];
                    shares[i] = Dense.dot(rows[2 * t + i], 0, p, 0, 3) / Math.sqrt(Dense.dot(p, 0, p, 0, 3));
                }
                GaussianProcess.Extension extension = law.extend(shares, gram(rows, 2 * t));
                pivot = t == 0 ? extension.newPivots()[0] : pivot;
                captured = Math.min(captured, extension.captured());
                double[] lag = new double[2];
                for (int mu = 0; t > 0 && mu < 2; mu++) {
                    lag[mu] = Dense.dot(rows[2 + mu], 0, rows[mu], 0, 3);
                }
                try (Matrix field = backend.allocate(1, 2, samples)) {
                    remainder.addTo(extension, lag, 1, field);
                    backend.download(field, drawn[t]);
                }
            }
            double[] p = rows[pivot];
            for (int mu = 0; mu < 2; mu++) {
                double[] now = residual(rows[2 + mu], p);
                double[] before = residual(rows[mu], p);
                assertThat(average(drawn[1], mu, drawn[1], mu, samples))
                        .isCloseTo(Dense.dot(now, 0, now, 0, 3), within(0.01));
                assertThat(average(drawn[1], mu, drawn[0], mu, samples))
                        .isCloseTo(Dense.dot(now, 0, before, 0, 3), within(0.01));
            }
            assertThat(captured).isBetween(0.2, 0.9);
        }
    }

    private static double[] gram(double[][] rows, int first) {
        double[] gram = new double[4];
        for (int i = 0; i < 4; i++) {
            gram[i] = Dense.dot(rows[first + i / 2], 0, rows[first + i % 2], 0, 3);
        }
        return gram;
    }

    /** The part of a row that is orthogonal to the pivot's. */
    private static double[] residual(double[] row, double[] pivot) {
        double[] rest = row.clone();
        Dense.axpy(-Dense.dot(row, 0, pivot, 0, 3) / Dense.dot(pivot, 0, pivot, 0, 3), pivot, 0, rest, 0, 3);
        return rest;
    }

    private static double average(double[] a, int i, double[] b, int j, int samples) {
        return Dense.dot(a, i * samples, b, j * samples, samples) / samples;
    }
}

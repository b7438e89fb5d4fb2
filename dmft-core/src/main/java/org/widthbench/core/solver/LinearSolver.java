package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;

/**
 * The infinite-width deep linear network without sampling, {@code docs/theory.md} sections 4.3 and 4.5. Its fields are
 * Gaussian, so the order parameters close on themselves; they are found exactly, to rounding, by forward substitution in
 * time ({@link LinearLayer}), whatever gamma0. Time {@code O(L T^3 Q^2 C)}, memory {@code L (T Q)^2}.
 *
 * @param densitySamples samples S' of the Gaussian fields at the first and last recorded time, at least 1
 * @param seed of these samples; the order parameters do not depend on it
 * @param responses false drops the cross-layer responses A and B: the gradient-independence approximation of section 5.
 *     The read-out average then misses what lower layers learn, so the predictions always follow the NTK (FLOW)
 */
public record LinearSolver(int densitySamples, long seed, boolean responses) implements Solver {

    /** @throws InvalidInputException if there are no samples */
    public LinearSolver {
        InvalidInputException.require(densitySamples >= 1, "theory.samples", densitySamples, "a whole number >= 1");
    }

    /** The full equations. */
    public LinearSolver(int densitySamples, long seed) {
        this(densitySamples, seed, true);
    }

    private String name() {
        return responses ? "linear" : CausalSolver.GRADIENT_INDEPENDENCE;
    }

    /** The gradient-independence approximation, A = B = 0. */
    public LinearSolver withoutResponses() {
        return new LinearSolver(densitySamples, seed, false);
    }

    /**
     * {@inheritDoc}
     *
     * @param backend not used, may be null: the work is sequential in time
     * @throws InvalidInputException if the network is not linear or the problem too large for the heap
     */
    @Override
    public Solution solve(Problem problem, Backend backend, Progress progress) {
        InvalidInputException.require(
                problem.network().activation() instanceof Linear,
                "network.activation",
                problem.network().activation().name(),
                "linear with theory.solver " + name() + "; theory.solver causal and alternating take every activation");
        boolean flow = !responses || problem.training().dynamics() == Training.Dynamics.FLOW;
        Trajectory trajectory =
                new Trajectory(flow ? asFlow(problem) : problem, name(), Trajectory.Knows.FULLY_CONNECTED);
        PointSchedule schedule = PointSchedule.of(problem);
        int times = problem.training().steps();
        int depth = problem.network().depth();
        int points = schedule.rows();
        int outputs = problem.outputs();
        MemoryLimit.requireDensities(problem, densitySamples);
        double forward = (double) times * points;
        double backward = (double) times * outputs;
        MemoryLimit.require(
                name(),
                Math.pow(Math.max(forward, backward), 2),
                forward * forward * (depth + 1) + backward * (5 * forward + 2 * backward) * depth,
                depth + 1 + " kernels of (" + times + " steps x " + points + " points)^2 entries");

        double[] decay = trajectory.decay();
        int[] all = IntStream.range(0, times).toArray();
        double[] inputKernel = Recorded.constantKernel(problem.inputKernel().data(), schedule, 1, all)
                .data();
        double[] readoutKernel = Recorded.pointlessKernel(sameOutput(outputs), 1, 1, outputs, new int[times])
                .data();
        LinearLayer[] layers = new LinearLayer[depth];
        for (int l = 0; l < depth; l++) {
            layers[l] =
                    new LinearLayer(times, points, outputs, problem.network().bias() ? 1 : 0);
        }
        for (int t = 0; t < times; t++) {
            double[] weights = trajectory.weights(t);
            for (int l = 0; l < depth; l++) {
                double[] below = l == 0 ? inputKernel : layers[l - 1].featureKernel;
                layers[l].forward(t, decay, weights, below, responses && l > 0 ? layers[l - 1].featureResponse : null);
            }
            for (int l = depth - 1; l >= 0; l--) {
                boolean last = l == depth - 1;
                double[] above = last ? readoutKernel : layers[l + 1].gradientKernel;
                layers[l].backward(
                        t, decay, weights, above, responses && !last ? layers[l + 1].gradientResponse : null);
            }
            if (!flow) {
                trajectory.predict(t, readout(layers[depth - 1], t, points, problem));
            } else {
                trajectory.predict(
                        t,
                        t == 0
                                ? new double[points * outputs]
                                : trajectory.flow(t - 1, tangentKernel(layers, inputKernel, t - 1, points, problem)));
            }
            progress.step(t + 1, times);
        }
        return Solution.of(collect(problem, trajectory, layers));
    }

    private static Problem asFlow(Problem problem) {
        return problem.with(problem.training().withDynamics(Training.Dynamics.FLOW));
    }

    /** {@code delta_{cd}}, (C x C). */
    private static double[] sameOutput(int outputs) {
        double[] identity = new double[outputs * outputs];
        for (int c = 0; c < outputs; c++) {
            identity[c * outputs + c] = 1;
        }
        return identity;
    }

    /** {@code f_{mu,c}(t) = <g^L_c(t) h^L_mu(t)> / gamma0}, (Q, C); zero at t = 0. */
    private static double[] readout(LinearLayer last, int t, int points, Problem problem) {
        int outputs = problem.outputs();
        int rows = points * problem.training().steps();
        double[] f = new double[points * outputs];
        for (int i = 0; i < f.length; i++) {
            int backward = t * outputs + i % outputs;
            f[i] = last.crossKernel[backward * rows + t * points + i / outputs]
                    / problem.training().gamma0();
        }
        return f;
    }

    /** {@code NTK(t,t)}, (QC,QC). */
    private static double[] tangentKernel(
            LinearLayer[] layers, double[] inputKernel, int t, int points, Problem problem) {
        int outputs = problem.outputs();
        int times = problem.training().steps();
        int rows = points * outputs;
        double bias = problem.network().bias() ? 1 : 0;
        double[] ntk = new double[rows * rows];
        for (int i = 0; i < ntk.length; i++) {
            int row = i / rows;
            int col = i % rows;
            int forward = (t * points + row / outputs) * times * points + t * points + col / outputs;
            int backward = (t * outputs + row % outputs) * times * outputs + t * outputs + col % outputs;
            double below = inputKernel[forward];
            for (LinearLayer layer : layers) {
                ntk[i] += layer.gradientKernel[backward] * (below + bias);
                below = layer.featureKernel[forward];
            }
            ntk[i] += row % outputs == col % outputs ? below : 0;
        }
        return ntk;
    }

    private OrderParameters collect(Problem problem, Trajectory trajectory, LinearLayer[] layers) {
        int points = PointSchedule.of(problem).rows();
        int outputs = problem.outputs();
        int times = problem.training().steps();
        int[] record = problem.training().record();
        int[] ends = {record[0], record[record.length - 1]};
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        List<Tensor> preactivations = new ArrayList<>();
        List<Tensor> pullbacks = new ArrayList<>();
        GaussianFields fields = new GaussianFields(densitySamples, seed);
        for (LinearLayer layer : layers) {
            features.add(Recorded.kernel(layer.featureKernel, times, points, record));
            gradients.add(Recorded.pointlessKernel(layer.gradientKernel, times, points, outputs, record));
            preactivations.add(fields.draw(Recorded.kernel(layer.featureKernel, times, points, ends)));
            pullbacks.add(fields.draw(Recorded.pointlessKernel(layer.gradientKernel, times, points, outputs, ends)));
        }
        return trajectory.results(features, gradients, null, preactivations, pullbacks);
    }
}

package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Solver;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.backend.Backend;

/**
 * The infinite-width deep linear network without sampling, {@code docs/theory.md} section 4.3. Its fields are Gaussian,
 * so the order parameters close on themselves; they are found exactly, to rounding, by forward substitution in time
 * ({@link LinearLayer}), whatever gamma0. Time {@code O(L T^3 Q^2)}, memory {@code L (T Q)^2}.
 *
 * @param densitySamples samples S' of the Gaussian fields at the first and last recorded time, at least 1
 * @param seed of these samples; the order parameters do not depend on it
 * @param responses false drops the cross-layer responses A and B: the gradient-independence approximation of section 5.
 *     The read-out average then misses what lower layers learn, so the predictions always follow the NTK (FLOW)
 */
public record LinearSolver(int densitySamples, long seed, boolean responses) implements Solver {
    private static final String NAME = "linear";

    /** @throws InvalidInputException if there are no samples */
    public LinearSolver {
        InvalidInputException.require(densitySamples >= 1, "theory.samples", densitySamples, "a whole number >= 1");
    }

    /** The full equations. */
    public LinearSolver(int densitySamples, long seed) {
        this(densitySamples, seed, true);
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
    public OrderParameters solve(Problem problem, Backend backend, Progress progress) {
        InvalidInputException.require(
                problem.network().activation() instanceof Linear,
                "network.activation",
                problem.network().activation().name(),
                "linear with theory.solver " + NAME);
        boolean flow = !responses || problem.training().dynamics() == Training.Dynamics.FLOW;
        Trajectory trajectory = new Trajectory(flow ? asFlow(problem) : problem, NAME);
        int times = problem.training().steps();
        int depth = problem.network().depth();
        double entries = Math.pow((double) times * problem.points(), 2);
        MemoryLimit.require(
                NAME,
                entries,
                entries * (depth + 1),
                depth + 1 + " kernels of (" + times + " steps x " + problem.points() + " points)^2 entries");

        double[] decay = trajectory.decay();
        double[] inputKernel = repeatInTime(problem.inputKernel().data(), problem.points(), times);
        double[] ones = new double[times * times];
        java.util.Arrays.fill(ones, 1);
        LinearLayer[] layers = new LinearLayer[depth];
        for (int l = 0; l < depth; l++) {
            layers[l] = new LinearLayer(times, problem.points());
        }
        for (int t = 0; t < times; t++) {
            double[] weights = trajectory.weights(t);
            for (int l = 0; l < depth; l++) {
                double[] below = l == 0 ? inputKernel : layers[l - 1].featureKernel;
                layers[l].forward(t, decay, weights, below, responses && l > 0 ? layers[l - 1].featureResponse : null);
            }
            for (int l = depth - 1; l >= 0; l--) {
                boolean last = l == depth - 1;
                double[] above = last ? ones : layers[l + 1].gradientKernel;
                layers[l].backward(
                        t, decay, weights, above, responses && !last ? layers[l + 1].gradientResponse : null);
            }
            if (!flow) {
                trajectory.predict(t, readout(layers[depth - 1], t, problem));
            } else {
                trajectory.predict(
                        t,
                        t == 0
                                ? new double[problem.points()]
                                : trajectory.flow(t - 1, tangentKernel(layers, inputKernel, t - 1, problem)));
            }
            progress.step(t + 1, times);
        }
        return collect(problem, trajectory, layers);
    }

    private static Problem asFlow(Problem problem) {
        return new Problem(
                problem.dataset(), problem.network(), problem.training().withDynamics(Training.Dynamics.FLOW));
    }

    /** {@code f_mu(t) = <g^L(t) h^L_mu(t)> / gamma0}; zero at t = 0. */
    private static double[] readout(LinearLayer last, int t, Problem problem) {
        int points = problem.points();
        double[] f = new double[points];
        for (int mu = 0; mu < points; mu++) {
            int rows = points * problem.training().steps();
            f[mu] = last.crossKernel[t * rows + t * points + mu]
                    / problem.training().gamma0();
        }
        return f;
    }

    /** {@code NTK(t,t)}, (Q,Q). */
    private static double[] tangentKernel(LinearLayer[] layers, double[] inputKernel, int t, Problem problem) {
        int points = problem.points();
        int times = problem.training().steps();
        double[] ntk = new double[points * points];
        for (int l = 0; l <= layers.length; l++) {
            double[] features = l == 0 ? inputKernel : layers[l - 1].featureKernel;
            double gradient = l == layers.length ? 1 : layers[l].gradientKernel[t * times + t];
            for (int mu = 0; mu < points; mu++) {
                int at = (t * points + mu) * times * points + t * points;
                Dense.axpy(gradient, features, at, ntk, mu * points, points);
            }
        }
        return ntk;
    }

    private OrderParameters collect(Problem problem, Trajectory trajectory, LinearLayer[] layers) {
        int points = problem.points();
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
            gradients.add(Recorded.pointlessKernel(layer.gradientKernel, times, points, record));
            preactivations.add(fields.draw(Recorded.kernel(layer.featureKernel, times, points, ends)));
            pullbacks.add(fields.draw(Recorded.pointlessKernel(layer.gradientKernel, times, points, ends)));
        }
        Tensor ntk = OrderParameters.neuralTangentKernel(problem.inputKernel(), features, gradients);
        return new OrderParameters(
                record,
                trajectory.loss(),
                trajectory.delta(),
                trajectory.f(),
                features,
                gradients,
                ntk,
                preactivations,
                pullbacks);
    }

    /** {@code K^x_{mu alpha}} for every pair of times, (TQ x TQ). */
    private static double[] repeatInTime(double[] kernel, int points, int times) {
        int rows = times * points;
        double[] repeated = new double[rows * rows];
        for (int row = 0; row < rows; row++) {
            for (int s = 0; s < times; s++) {
                System.arraycopy(kernel, (row % points) * points, repeated, row * rows + s * points, points);
            }
        }
        return repeated;
    }
}

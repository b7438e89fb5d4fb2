package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Solver;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;

/**
 * The lazy limit gamma0 -> 0, {@code docs/theory.md} section 5: kernels stay what they are at initialization
 * ({@link StaticKernels}) and the predictions follow
 * {@code v = m v + (1/P) NTK Delta}, {@code f(t+1) = f(t) + eta v}, on all Q points. Does not depend on gamma0.
 *
 * @param densitySamples samples S' of the Gaussian fields, at least 1
 * @param seed of these samples; the order parameters do not depend on it
 */
public record StaticKernelSolver(int densitySamples, long seed) implements Solver {
    private static final String NAME = "static-ntk";

    /** @throws InvalidInputException if there are no samples */
    public StaticKernelSolver {
        InvalidInputException.require(densitySamples >= 1, "theory.samples", densitySamples, "a whole number >= 1");
    }

    /**
     * {@inheritDoc}
     *
     * @param backend not used, may be null: the work is small
     * @throws InvalidInputException for weight decay, under which kernels move even as gamma0 -> 0
     */
    @Override
    public OrderParameters solve(Problem problem, Backend backend, Progress progress) {
        Training training = problem.training();
        InvalidInputException.require(
                training.weightDecay() == 0,
                "training.weightDecay",
                training.weightDecay(),
                "0 with theory.solver " + NAME + ", because decay moves the kernels even as gamma0 -> 0");
        InvalidInputException.require(
                !training.online() && problem.outputs() == 1,
                training.online() ? "training.online" : "data.y",
                training.online() ? "true" : problem.outputs() + " outputs",
                "one set of points and one output with theory.solver " + NAME + "; theory.solver causal knows more");
        Trajectory trajectory = new Trajectory(problem, NAME, Network.Architecture.MLP, true);
        StaticKernels kernels = StaticKernels.of(problem);
        descend(trajectory, kernels.tangentKernel(), training, progress);
        return collect(problem, trajectory, kernels);
    }

    private static void descend(Trajectory trajectory, double[] ntk, Training training, Progress progress) {
        int points = (int) Math.round(Math.sqrt(ntk.length));
        double[] f = new double[points];
        double[] velocity = new double[points];
        for (int t = 0; t < training.steps(); t++) {
            trajectory.predict(t, f);
            double[] drive = trajectory.drive(t);
            for (int mu = 0; mu < points; mu++) {
                double pull = Dense.dot(ntk, mu * points, drive, 0, drive.length) / drive.length;
                velocity[mu] = training.momentum() * velocity[mu] + pull;
                f[mu] += training.eta() * training.rateFactor(t) * velocity[mu];
            }
            progress.step(t + 1, training.steps());
        }
    }

    private OrderParameters collect(Problem problem, Trajectory trajectory, StaticKernels kernels) {
        int points = problem.points();
        int[] record = problem.training().record();
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        List<Tensor> preactivations = new ArrayList<>();
        List<Tensor> pullbacks = new ArrayList<>();
        GaussianFields fields = new GaussianFields(densitySamples, seed);
        for (int l = 0; l < problem.network().depth(); l++) {
            features.add(Recorded.constantKernel(kernels.features()[l + 1], points, record.length));
            gradients.add(Recorded.constantKernel(kernels.gradients()[l], points, record.length));
            preactivations.add(fields.drawStatic(kernels.covariances()[l], points));
            pullbacks.add(fields.drawStatic(kernels.gradients()[l + 1], points));
        }
        Tensor ntk = OrderParameters.neuralTangentKernel(problem, features, gradients);
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
}

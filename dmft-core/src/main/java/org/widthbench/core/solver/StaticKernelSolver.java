package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;

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
    public Solution solve(Problem problem, Backend backend, Progress progress) {
        Training training = problem.training();
        InvalidInputException.require(
                training.weightDecay() == 0,
                "training.weightDecay",
                training.weightDecay(),
                "0 with theory.solver " + NAME
                        + ", because decay moves the kernels even as gamma0 -> 0; theory.solver causal" + " takes it");
        Trajectory trajectory = new Trajectory(problem, NAME, Trajectory.Knows.FULLY_CONNECTED);
        MemoryLimit.requireDensities(problem, densitySamples);
        StaticKernels kernels = StaticKernels.of(problem);
        descend(problem, trajectory, kernels.tangentKernel(), progress);
        return Solution.of(collect(problem, trajectory, kernels));
    }

    /** Marches the predictions at all points of the data, a stream's included, each output on its own. */
    private static void descend(Problem problem, Trajectory trajectory, double[] ntk, Progress progress) {
        Training training = problem.training();
        PointSchedule schedule = PointSchedule.of(problem);
        int all = problem.points();
        int outputs = problem.outputs();
        double[] f = new double[all * outputs];
        double[] velocity = new double[all * outputs];
        for (int t = 0; t < training.steps(); t++) {
            int[] present = schedule.points(t);
            double[] prediction = new double[present.length * outputs];
            for (int row = 0; row < present.length; row++) {
                System.arraycopy(f, present[row] * outputs, prediction, row * outputs, outputs);
            }
            trajectory.predict(t, prediction);
            double[] drive = trajectory.drive(t);
            for (int i = 0; i < f.length; i++) {
                double pull = 0;
                for (int row = i % outputs; row < drive.length; row += outputs) {
                    pull += ntk[i / outputs * all + present[row / outputs]] * drive[row];
                }
                velocity[i] = training.momentum() * velocity[i] + pull / problem.trainingPoints();
                f[i] += training.eta() * training.rateFactor(t) * velocity[i];
            }
            progress.step(t + 1, training.steps());
        }
    }

    private OrderParameters collect(Problem problem, Trajectory trajectory, StaticKernels kernels) {
        PointSchedule schedule = PointSchedule.of(problem);
        int outputs = problem.outputs();
        int[] record = problem.training().record();
        int[] ends = {record[0], record[record.length - 1]};
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        List<Tensor> preactivations = new ArrayList<>();
        List<Tensor> pullbacks = new ArrayList<>();
        GaussianFields fields = new GaussianFields(densitySamples, seed);
        for (int l = 0; l < problem.network().depth(); l++) {
            features.add(Recorded.constantKernel(kernels.features()[l + 1], schedule, 1, record));
            gradients.add(Recorded.constantKernel(kernels.gradients()[l], schedule, outputs, record));
            preactivations.add(fields.draw(Recorded.constantKernel(kernels.covariances()[l], schedule, 1, ends)));
            pullbacks.add(fields.draw(Recorded.constantKernel(kernels.gradients()[l + 1], schedule, outputs, ends)));
        }
        return trajectory.results(features, gradients, null, preactivations, pullbacks);
    }
}

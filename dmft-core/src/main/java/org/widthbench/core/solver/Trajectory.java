package org.widthbench.core.solver;

import org.widthbench.core.BatchSchedule;
import org.widthbench.core.ImpulseResponse;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.Problem;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;

/**
 * Predictions, residuals and loss of one solve as they grow in time, and the weights with which past residuals enter
 * the memory sums. Q points, the first P of them trained on, T times.
 */
final class Trajectory {
    /** A loss beyond this multiple of its start is on its way to overflow. */
    private static final double DIVERGED = 1e8;

    private final Problem problem;
    private final String solver;
    private final ImpulseResponse response;
    private final int points;
    private final int trained;
    private final double[] f;
    private final double[] delta;
    /** {@code b_al(t) Delta_al(t)}, what the step from t to t+1 sees. */
    private final double[] driven;

    private final double[] loss;
    private final BatchSchedule schedule;

    /** For a solver of fully connected networks; {@code solver} is the name that errors carry. */
    Trajectory(Problem problem, String solver) {
        this(problem, solver, Network.Architecture.MLP);
    }

    /**
     * @param solver the name that errors carry
     * @param architecture what the solver is for
     * @throws InvalidInputException for what no solver here can do: another architecture, first-order dynamics with momentum, weight
     *     decay or minibatches, kernels of more recorded times than memory holds
     */
    Trajectory(Problem problem, String solver, Network.Architecture architecture) {
        Training training = problem.training();
        InvalidInputException.require(
                problem.network().architecture() == architecture,
                "network.architecture",
                "cnn",
                "mlp with theory.solver " + solver + "; a cnn takes theory.solver causal");
        MemoryLimit.requireRecorded(problem);
        this.problem = problem;
        this.solver = solver;
        response = ImpulseResponse.of(training);
        schedule = BatchSchedule.of(problem);
        InvalidInputException.require(
                training.dynamics() == Training.Dynamics.DESCENT || (response.isPlain() && schedule.isFull()),
                "training.dynamics",
                "flow",
                "descent when momentum, weightDecay or batch is set");
        points = problem.points();
        trained = problem.trainingPoints();
        f = new double[training.steps() * points];
        delta = new double[training.steps() * trained];
        driven = new double[training.steps() * trained];
        loss = new double[training.steps()];
    }

    /** {@code c(t)} for all times. */
    double[] decay() {
        double[] decay = new double[problem.training().steps()];
        for (int t = 0; t < decay.length; t++) {
            decay[t] = response.decay(t);
        }
        return decay;
    }

    /**
     * {@code a kappa(t,s) b_al(s) Delta_al(s)} for the rows {@code (s,al)}, {@code s < t}; zero on test points.
     *
     * @return length {@code t Q}
     */
    double[] weights(int t) {
        double[] weights = new double[t * points];
        for (int s = 0; s < t; s++) {
            double scale = problem.updateScale() * response.kappa(t, s);
            for (int al = 0; al < trained; al++) {
                weights[s * points + al] = scale * driven[s * trained + al];
            }
        }
        return weights;
    }

    /**
     * Sets the centred predictions at time t.
     *
     * @param prediction {@code (Q)}
     * @throws SolverException if one is not finite
     */
    void predict(int t, double[] prediction) {
        System.arraycopy(prediction, 0, f, t * points, points);
        double[] y = problem.dataset().targets();
        double[] mask = schedule.weights(t);
        double sum = 0;
        for (int mu = 0; mu < trained; mu++) {
            double residual = problem.training().loss().residual(y[mu], prediction[mu]);
            delta[t * trained + mu] = residual;
            driven[t * trained + mu] = mask[mu] * residual;
            sum += problem.training().loss().value(y[mu], prediction[mu]);
        }
        loss[t] = sum / trained;
        for (double value : prediction) {
            if (!Double.isFinite(value) || !(loss[t] <= DIVERGED * Math.max(1, loss[0]))) {
                throw SolverException.diverged(
                        "the " + solver + " solver at gamma0 = "
                                + problem.training().gamma0(),
                        t,
                        problem.training().eta());
            }
        }
    }

    /**
     * The predictions one first-order step after time t, {@code f(t) + (eta/P) NTK(t,t) Delta(t)}.
     *
     * @param ntk {@code (Q,Q)}
     * @return {@code (Q)}
     */
    double[] flow(int t, double[] ntk) {
        double scale = problem.training().eta() / trained;
        double[] next = new double[points];
        for (int mu = 0; mu < points; mu++) {
            next[mu] = f[t * points + mu] + scale * Dense.dot(ntk, mu * points, delta, t * trained, trained);
        }
        return next;
    }

    ImpulseResponse response() {
        return response;
    }

    /** {@code b(t) Delta(t)}, (P): what drives the step from t to t+1. */
    double[] drive(int t) {
        return java.util.Arrays.copyOfRange(driven, t * trained, (t + 1) * trained);
    }

    double[] loss() {
        return loss;
    }

    Tensor delta() {
        return new Tensor(new int[] {loss.length, trained}, delta);
    }

    Tensor f() {
        return new Tensor(new int[] {loss.length, points}, f);
    }
}

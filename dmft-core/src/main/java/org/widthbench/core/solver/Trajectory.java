package org.widthbench.core.solver;

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
    private final Problem problem;
    private final String solver;
    private final ImpulseResponse response;
    private final int points;
    private final int trained;
    private final double[] f;
    private final double[] delta;
    private final double[] loss;

    /**
     * @param solver the name that errors carry
     * @throws InvalidInputException for what no solver here can do: images, minibatches, first-order dynamics with
     *     momentum or weight decay
     */
    Trajectory(Problem problem, String solver) {
        Training training = problem.training();
        InvalidInputException.require(
                problem.network().architecture() == Network.Architecture.MLP,
                "network.architecture",
                "cnn",
                "mlp with theory.solver " + solver);
        InvalidInputException.require(
                training.batch() == 0 || training.batch() == problem.trainingPoints(),
                "training.batch",
                training.batch(),
                "full with theory.solver " + solver);
        this.problem = problem;
        this.solver = solver;
        response = ImpulseResponse.of(training);
        InvalidInputException.require(
                training.dynamics() == Training.Dynamics.DESCENT || response.isPlain(),
                "training.dynamics",
                "flow",
                "descent when momentum or weightDecay is not 0");
        points = problem.points();
        trained = problem.trainingPoints();
        f = new double[training.steps() * points];
        delta = new double[training.steps() * trained];
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
     * {@code a kappa(t,s) Delta_al(s)} for the rows {@code (s,al)}, {@code s < t}; zero on test points.
     *
     * @return length {@code t Q}
     */
    double[] weights(int t) {
        double[] weights = new double[t * points];
        for (int s = 0; s < t; s++) {
            double scale = problem.updateScale() * response.kappa(t, s);
            for (int al = 0; al < trained; al++) {
                weights[s * points + al] = scale * delta[s * trained + al];
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
        double sum = 0;
        for (int mu = 0; mu < trained; mu++) {
            double residual = y[mu] - prediction[mu];
            delta[t * trained + mu] = residual;
            sum += residual * residual;
        }
        loss[t] = sum / trained;
        for (double value : prediction) {
            if (!Double.isFinite(value * value) || !Double.isFinite(loss[t])) {
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

    /** {@code Delta(t)}, (P): what drives the step from t to t+1. */
    double[] drive(int t) {
        return java.util.Arrays.copyOfRange(delta, t * trained, (t + 1) * trained);
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

package org.widthbench.core.solver;

import java.util.List;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.measure.Observable;
import org.widthbench.core.optimize.ImpulseResponse;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;

/**
 * Predictions, residuals and loss of one solve as they grow in time, and the weights with which past residuals enter
 * the memory sums. Q points, the first P of them trained on, T times; C outputs, the fastest index where there are several.
 * Under a {@link PointSchedule} that is not the whole set, Q and P count the rows of one time.
 */
final class Trajectory {
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
    private final PointSchedule schedule;
    private final int outputs;

    /** What a solver knows. */
    enum Knows {
        /** Fully connected networks of one output, without biases, on one set of points. */
        PLAIN,
        /** Biases, several outputs and online data too. */
        FULLY_CONNECTED,
        /** Whatever a network's program does. */
        PROGRAMS
    }

    /** For a solver of {@link Knows#PLAIN plain} networks. */
    Trajectory(Problem problem, String solver) {
        this(problem, solver, Knows.PLAIN);
    }

    /**
     * @param knows what the solver knows
     * @throws InvalidInputException for what it does not, first-order dynamics with momentum, weight decay or minibatches, kernels of
     *     more recorded times than memory holds
     */
    Trajectory(Problem problem, String solver, Knows knows) {
        Training training = problem.training();
        if (knows != Knows.PROGRAMS) {
            requireArchitecture(problem, solver);
        }
        if (knows == Knows.PLAIN) {
            InvalidInputException.require(!problem.network().bias(), "network.bias", true, "false" + elsewhere(solver));
            requireOneSet(problem, solver);
        }
        MemoryLimit.requireRecorded(problem);
        this.problem = problem;
        this.solver = solver;
        response = ImpulseResponse.of(training);
        schedule = PointSchedule.of(problem);
        outputs = problem.outputs();
        InvalidInputException.require(
                training.dynamics() == Training.Dynamics.DESCENT || (response.isPlain() && schedule.isFull()),
                "training.dynamics",
                "flow",
                "descent when momentum, weightDecay, schedule or batch is set");
        points = schedule.rows();
        trained = schedule.trainedRows();
        f = new double[Math.multiplyExact(training.steps(), points * outputs)];
        delta = new double[training.steps() * trained * outputs];
        driven = new double[training.steps() * trained * outputs];
        loss = new double[training.steps()];
    }

    /** @throws InvalidInputException for another architecture than the solver's, and where more is to be measured than it knows */
    static void requireArchitecture(Problem problem, String solver) {
        Architecture architecture = problem.network().architecture();
        InvalidInputException.require(
                !architecture.takesImages(),
                "network.architecture",
                architecture.word(),
                "mlp with theory.solver " + solver + "; a cnn takes theory.solver causal");
        InvalidInputException.require(
                !architecture.residual().exists(),
                "network.residual",
                architecture.residual(),
                "no such section with theory.solver " + solver);
        InvalidInputException.require(
                architecture.hasEquations(),
                "network.architecture",
                architecture.word(),
                "one that theory.solver " + solver + " has equations of");
        List<String> measured =
                problem.observables().stream().map(Observable::name).toList();
        InvalidInputException.require(
                measured.isEmpty(), "theory.solver", solver, "causal, which alone can measure " + measured);
    }

    /** @throws InvalidInputException for several outputs and for streams */
    static void requireOneSet(Problem problem, String solver) {
        InvalidInputException.require(
                !problem.training().online(), "training.online", true, "false" + elsewhere(solver));
        InvalidInputException.require(
                problem.outputs() == 1, "data.y", problem.outputs() + " outputs", "one output" + elsewhere(solver));
    }

    private static String elsewhere(String solver) {
        return " with theory.solver " + solver + "; theory.solver causal and alternating take it";
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
     * {@code a kappa(t,s) b_al(s) Delta_{al,c}(s)} for the rows {@code (s,al,c)}, {@code s < t}; zero on test points.
     *
     * @return length {@code t Q C}
     */
    double[] weights(int t) {
        double[] weights = new double[t * points * outputs];
        int size = trained * outputs;
        for (int s = 0; s < t; s++) {
            Dense.axpy(
                    problem.updateScale() * response.kappa(t, s),
                    driven,
                    s * size,
                    weights,
                    s * points * outputs,
                    size);
        }
        return weights;
    }

    /**
     * Sets the centred predictions at time t.
     *
     * @param prediction {@code (Q, C)}
     * @throws SolverException if one is not finite, or the loss out of bounds
     */
    void predict(int t, double[] prediction) {
        System.arraycopy(prediction, 0, f, t * prediction.length, prediction.length);
        double[] y = problem.dataset().targets();
        double[] mask = schedule.weights(t);
        int[] present = schedule.points(t);
        double[] residuals = new double[outputs];
        double sum = 0;
        for (int mu = 0; mu < trained; mu++) {
            sum += problem.training().loss().evaluate(y, present[mu] * outputs, prediction, mu * outputs, residuals);
            for (int c = 0; c < outputs; c++) {
                int at = (t * trained + mu) * outputs + c;
                delta[at] = residuals[c];
                driven[at] = mask[mu] * residuals[c];
            }
        }
        loss[t] = sum / trained;
        // A test point is not in the loss.
        boolean finite = java.util.Arrays.stream(prediction).allMatch(Double::isFinite);
        SolverException.requireBounded(
                "the " + solver + " solver at gamma0 = " + problem.training().gamma0(),
                t,
                finite ? loss[t] : Double.NaN,
                problem.initialLoss(),
                problem.training().eta());
    }

    /**
     * The predictions one first-order step after time t, {@code f(t) + (eta/P) NTK(t,t) Delta(t)}.
     *
     * @param ntk {@code (Q C, Q C)}
     * @return {@code (Q, C)}
     */
    double[] flow(int t, double[] ntk) {
        double scale = problem.training().eta() / trained;
        int rows = points * outputs;
        int driving = trained * outputs;
        double[] next = new double[rows];
        for (int row = 0; row < rows; row++) {
            next[row] = f[t * rows + row] + scale * Dense.dot(ntk, row * rows, delta, t * driving, driving);
        }
        return next;
    }

    /**
     * What came of it.
     *
     * @param featureKernels as {@link OrderParameters} has them, and so on
     * @param ntk null where the kernels tell it
     */
    OrderParameters results(
            List<Tensor> featureKernels,
            List<Tensor> gradientKernels,
            Tensor ntk,
            List<Tensor> preactivations,
            List<Tensor> pullbacks) {
        return OrderParameters.of(
                problem.training().record(),
                loss,
                delta(),
                f(),
                featureKernels,
                gradientKernels,
                ntk != null ? ntk : OrderParameters.neuralTangentKernel(problem, featureKernels, gradientKernels),
                preactivations,
                pullbacks);
    }

    /**
     * What came of it.
     *
     * @param measured of the program, by name
     */
    OrderParameters results(Program program, Map<String, Tensor> measured) {
        return OrderParameters.of(problem, program, loss, delta(), f(), measured);
    }

    ImpulseResponse response() {
        return response;
    }

    /** {@code b(t) Delta(t)}, (P, C): what drives the step from t to t+1. */
    double[] drive(int t) {
        int size = trained * outputs;
        return java.util.Arrays.copyOfRange(driven, t * size, (t + 1) * size);
    }

    double[] loss() {
        return loss;
    }

    /** {@code (T,P)}, or {@code (T,P,C)} of several outputs. */
    Tensor delta() {
        return shaped(delta, trained);
    }

    /** {@code (T,Q)}, or {@code (T,Q,C)} of several outputs. */
    Tensor f() {
        return shaped(f, points);
    }

    /** {@code (T, rows)}, or {@code (T, rows, C)} of several outputs. */
    private Tensor shaped(double[] values, int rows) {
        int times = loss.length;
        return new Tensor(outputs == 1 ? new int[] {times, rows} : new int[] {times, rows, outputs}, values);
    }
}

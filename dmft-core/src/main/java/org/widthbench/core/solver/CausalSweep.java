package org.widthbench.core.solver;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.core.Dataset;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.measure.Observable;
import org.widthbench.core.measure.Observables;
import org.widthbench.core.measure.Recorder;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;

/**
 * The sweep over time of {@link CausalSolver}: the network's program over sampled neurons, with its memory. Fields have rows for the
 * points of one time, in a CNN for each of their pixels, backward ones also for each output ({@code docs/theory.md} 4.5 and 6); Q
 * counts the points. A fully connected network is one of images of one pixel.
 */
final class CausalSweep implements AutoCloseable {
    private final Problem problem;
    private final CausalSolver settings;
    private final Backend backend;
    private final Training training;
    private final PointSchedule schedule;
    private final FilterShifts shifts;
    private final int points;
    private final int outputs;
    private final int rows;
    private final boolean flow;
    private final SampledRealization realization;
    private final Program program;
    private final Trajectory trajectory;
    /** {@code K^x} of all rows; of vectors FLOW only. */
    private final double[] inputKernel;
    /** {@code (n, n)}; CNN and FLOW only. */
    private final double[] readoutKernel;
    /** FLOW only: the predictions that the coming time will have. */
    private double[] flowed;

    private final Recorder recorder;
    /** Of a CNN, whose kernels are of pooled fields. */
    private final Tensor ntk;

    /** @param realization of the problem; closed by the caller */
    CausalSweep(Problem problem, CausalSolver settings, SampledRealization realization) {
        Network network = problem.network();
        Architecture architecture = network.architecture();
        boolean images = architecture.takesImages();
        this.problem = problem;
        this.settings = settings;
        this.realization = realization;
        this.backend = realization.backend();
        this.training = problem.training();
        this.trajectory = new Trajectory(problem, settings.name(), Trajectory.Knows.PROGRAMS);
        this.schedule = PointSchedule.of(problem);
        this.points = schedule.rows();
        this.outputs = problem.outputs();
        this.flow = training.dynamics() == Training.Dynamics.FLOW;
        this.flowed = new double[points];
        Tensor inputs = problem.dataset().inputs();
        this.shifts = FilterShifts.of(problem);
        this.rows = points * shifts.pixels();
        this.inputKernel = images
                ? shifts.inputKernel(inputs)
                : flow ? problem.inputKernel().data() : new double[0];
        this.readoutKernel = images || flow ? new double[Math.multiplyExact(rows, rows)] : new double[0];
        Arrays.fill(readoutKernel, 1.0 / (shifts.pixels() * shifts.pixels()));
        this.ntk = images ? Tensor.zeros(training.record().length, points, points) : null;
        Dataset data = images
                ? problem.dataset()
                // The same kernel in as few numbers as it takes.
                : new Dataset(InputBasis.of(problem).inputs(), problem.dataset().targets(), outputs);
        this.program = architecture.program(network, data, training.gamma0(), realization, points);
        StaticKernels initial = initialKernels();
        if (initial != null) {
            realization.startExactly(initial);
        }
        Observable.Setting setting = new Observable.Setting(
                backend,
                1,
                training.record().length,
                points,
                outputs,
                shifts.pixels(),
                program.sites().size(),
                settings.samples(),
                true);
        this.recorder = new Recorder(setting, Observables.with(problem.observables()));
    }

    /**
     * Null where the kernels at t = 0 are left as they are sampled: where they are not known, and in a stream, which has other points at
     * every time.
     */
    private StaticKernels initialKernels() {
        Architecture architecture = problem.network().architecture();
        if (!architecture.hasEquations()) {
            return null;
        }
        if (architecture.takesImages()) {
            return ConvolutionalCost.startsExactly(settings, rows)
                    ? StaticKernels.of(problem.network(), inputKernel, readoutKernel, shifts)
                    : null;
        }
        return settings.exactStart() && !training.online() ? StaticKernels.of(problem) : null;
    }

    /** Runs all times. */
    OrderParameters run(Progress progress) {
        int[] recorded = training.record();
        int[] everyRow = IntStream.range(0, points).toArray();
        for (int t = 0; t < training.steps(); t++) {
            if (t == 0 || training.online()) {
                program.present(schedule.points(t));
            }
            program.forward();
            program.backward(everyRow);
            int slot = Arrays.binarySearch(recorded, t);
            double[] tangent = flow || (slot >= 0 && ntk != null) ? tangentKernel() : new double[0];
            readOut(t, tangent);
            if (slot >= 0) {
                recorder.record(slot, 0, points, program);
                recorder.finish(slot);
            }
            if (slot >= 0 && ntk != null) {
                System.arraycopy(tangent, 0, ntk.data(), slot * tangent.length, tangent.length);
            }
            learn(t);
            PivotReport.requireEnough(settings, pivots(), t);
            progress.step(t + 1, training.steps());
        }
        Map<String, Tensor> measured = recorder.arrays().get(0);
        if (ntk != null) {
            measured.put("ntk", ntk);
        }
        return trajectory.results(program, measured);
    }

    /** How many pivots the processes took, after {@link #run}. */
    PivotReport pivots() {
        return realization.pivots();
    }

    private void readOut(int t, double[] tangent) {
        double[] prediction = program.outputs();
        if (flow) {
            trajectory.predict(t, flowed);
            flowed = trajectory.flow(t, tangent);
            return;
        }
        double[] correction = realization.startCorrection();
        for (int row = 0; row < correction.length; row++) {
            prediction[row / outputs / shifts.pixels() * outputs + row % outputs] +=
                    correction[row] / training.gamma0();
        }
        trajectory.predict(t, prediction);
    }

    /**
     * {@code NTK(t,t)} of a network of one output without biases, {@code Phi^L of means + sum_l s_l^2 sum_{a,b} G^{l+1}_{a b} S(Phi^l)_{a b}},
     * {@code (Q,Q)}.
     */
    private double[] tangentKernel() {
        double[] total = new double[points * points];
        double[] below = inputKernel;
        double[] kernel = {};
        for (Site site : program.sites()) {
            addPixelSums(
                    site.factor() * site.factor(), equalTime(site.gradients().value()), below, total);
            kernel = equalTime(site.activations().value());
            below = shifts.average(kernel, rows);
        }
        // The kernel of the read-out is the mean over both pixels.
        addPixelSums(1, readoutKernel, kernel, total);
        return total;
    }

    /** {@code <v v^T>} of the rows of one time. */
    private double[] equalTime(Matrix field) {
        return backend.kernelBlock(1.0 / field.columns(), field, field);
    }

    /** {@code total_{mu alpha} += factor sum_{a,b} x_{mu a, alpha b} y_{mu a, alpha b}}. */
    private void addPixelSums(double factor, double[] x, double[] y, double[] total) {
        int pixels = shifts.pixels();
        for (int row = 0; row < rows; row++) {
            for (int al = 0; al < points; al++) {
                int at = row * rows + al * pixels;
                total[row / pixels * points + al] += factor * Dense.dot(x, at, y, at, pixels);
            }
        }
    }

    /** Takes in the gradient of the step from t to t+1, {@code a b_al(t) Delta_al(t)}; zero on test points. */
    private void learn(int t) {
        double[] trained = trajectory.drive(t);
        double[] drive = new double[points * outputs];
        for (int i = 0; i < trained.length; i++) {
            drive[i] = problem.updateScale() * trained[i];
        }
        program.learn(drive, training.rateFactor(t));
    }

    @Override
    public void close() {
        recorder.close();
    }
}

package org.widthbench.core.solver;

import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.NoiseBasis;

/**
 * The sweep over time of {@link OneHiddenLayerSolver}. With {@code K^x = B B^T}, plus 1 under biases, the state of a sample is
 * its weights {@code W (k)}, the bias among them, and {@code w}, which start at its noise and follow the optimizer's own
 * recursion:
 *
 * <pre>
 *   h = B W,  f = [ &lt;w phi(h)&gt; - &lt;c r phi(c u)&gt; ] / gamma0
 *   grad W = (gamma0/P) B^T (b Delta phi'(h)) w,  grad w = (gamma0/P) sum_mu b_mu Delta_mu phi(h_mu).
 * </pre>
 */
final class NeuronSweep implements AutoCloseable {
    private final Problem problem;
    private final Training training;
    private final Backend backend;
    private final Trajectory trajectory;
    private final int points;
    private final int trained;
    private final int samples;
    private final int columns;
    private final double[] basisRows;
    private final int[] recorded;

    private final NoiseBasis noise;
    private final NoiseBasis.Part readoutNoise;
    private final NoiseBasis.Part inputNoise;
    private final Matrix basis;
    private final Matrix driven;
    private final Matrix drive;
    private final Matrix weights;
    private final Matrix readout;
    private final Matrix weightVelocity;
    private final Matrix readoutVelocity;
    private final Matrix pull;
    private final Matrix h;
    private final Matrix phi;
    private final Matrix slope;
    private final Matrix correlation;
    private final Matrix keptFeatures;
    private final Matrix keptGradients;
    private final Tensor preactivations;
    private final Tensor pullbacks;
    private double[] free;

    NeuronSweep(Problem problem, OneHiddenLayerSolver settings, Backend backend) {
        this.problem = problem;
        this.training = problem.training();
        this.backend = backend;
        this.trajectory = new Trajectory(problem, OneHiddenLayerSolver.NAME, Trajectory.Knows.FULLY_CONNECTED);
        this.points = problem.points();
        this.trained = problem.trainingPoints();
        this.samples = settings.samples();
        this.recorded = training.record();
        MemoryLimit.requireDensities(problem, samples);
        InvalidInputException.require(
                (double) recorded.length * points * samples <= Integer.MAX_VALUE,
                "training.record",
                recorded.length + " times x " + points + " points x " + samples + " samples",
                "fewer recorded times: their product must stay below 2^31");
        InputBasis input = InputBasis.of(problem).withBias(problem.network().bias());
        this.columns = input.columns();
        this.basisRows = input.rows();
        InvalidInputException.require(
                samples > columns,
                "theory.samples",
                samples,
                "more than min(dimension, points), plus 1 with biases, = " + columns + " with theory.solver "
                        + OneHiddenLayerSolver.NAME);
        this.noise = new CausalSolver(samples, settings.seed()).noise(backend, 1);
        // The read-out's one row comes first, so that it is among those from the Sobol sequence.
        this.readoutNoise = noise.part();
        readoutNoise.extend(1, 0);
        this.inputNoise = noise.part();
        inputNoise.extend(columns, 0);
        this.basis = backend.allocate(1, points, columns);
        backend.upload(basisRows, basis);
        this.driven = backend.allocate(1, columns, trained);
        this.drive = backend.allocate(1, 1, trained);
        this.weights = backend.allocate(1, columns, samples);
        this.readout = backend.allocate(1, 1, samples);
        backend.copy(inputNoise.rows(), weights);
        backend.copy(readoutNoise.rows(), readout);
        this.weightVelocity = backend.allocate(1, columns, samples);
        this.readoutVelocity = backend.allocate(1, 1, samples);
        this.pull = backend.allocate(1, columns, samples);
        this.h = backend.allocate(1, points, samples);
        this.phi = backend.allocate(1, points, samples);
        this.slope = backend.allocate(1, points, samples);
        this.correlation = backend.allocate(1, points, 1);
        this.keptFeatures = backend.allocate(1, recorded.length * points, samples);
        this.keptGradients = backend.allocate(1, recorded.length * points, samples);
        this.preactivations = Tensor.zeros(2, points, samples);
        this.pullbacks = Tensor.zeros(2, points, samples);
    }

    OrderParameters run(Progress progress) {
        boolean flow = training.dynamics() == Training.Dynamics.FLOW;
        double[] f = new double[points];
        int slot = 0;
        for (int t = 0; t < training.steps(); t++) {
            backend.gemm(1, basis, false, weights, false, 0, h);
            backend.activate(problem.network().activation(), h, phi, slope);
            if (slot < recorded.length && recorded[slot] == t) {
                keep(slot++);
            }
            trajectory.predict(t, flow ? f : predictions(t));
            findPull(t);
            if (flow) {
                addFirstOrder(f);
            }
            step(training.eta() * training.rateFactor(t));
            progress.step(t + 1, training.steps());
        }
        return collect();
    }

    /** The read-out with its control variate, which is also what centres it. */
    private double[] predictions(int t) {
        double[] f = correlate(readout);
        double decay = trajectory.response().decay(t);
        if (t == 0) {
            free = f.clone();
        } else if (decay != 1) {
            backend.gemm(decay, basis, false, inputNoise.rows(), false, 0, h);
            // phi of the trained field is still needed for the gradient.
            backend.activate(problem.network().activation(), h, h, null);
            backend.gemm(decay / samples, h, false, readoutNoise.rows(), true, 0, correlation);
            backend.download(correlation, free);
        }
        for (int mu = 0; mu < points; mu++) {
            f[mu] = (f[mu] - free[mu]) / training.gamma0();
        }
        return f;
    }

    /** {@code <row phi_mu>}, length Q. */
    private double[] correlate(Matrix row) {
        double[] result = new double[points];
        backend.gemm(1.0 / samples, phi, false, row, true, 0, correlation);
        backend.download(correlation, result);
        return result;
    }

    /** {@code pull = (gamma0/P) B^T (b Delta phi')}, still to be multiplied by w, and the row of {@code drive}. */
    private void findPull(int t) {
        double[] row = trajectory.drive(t);
        double[] columnsByPoint = new double[columns * trained];
        for (int al = 0; al < trained; al++) {
            row[al] *= training.gamma0() / trained;
            for (int j = 0; j < columns; j++) {
                columnsByPoint[j * trained + al] = basisRows[al * columns + j] * row[al];
            }
        }
        backend.upload(row, drive);
        backend.upload(columnsByPoint, driven);
        backend.gemm(1, driven, false, slope.rows(0, trained), false, 0, pull);
    }

    private void step(double rate) {
        double momentum = training.momentum();
        for (int j = 0; j < columns; j++) {
            backend.multiply(1, pull.rows(j, 1), readout, momentum, weightVelocity.rows(j, 1));
        }
        backend.gemm(1, drive, false, phi.rows(0, trained), false, momentum, readoutVelocity);
        if (training.weightDecay() != 0) {
            backend.add(-training.weightDecay(), weights, 1, weightVelocity);
            backend.add(-training.weightDecay(), readout, 1, readoutVelocity);
        }
        backend.add(rate, weightVelocity, 1, weights);
        backend.add(rate, readoutVelocity, 1, readout);
    }

    /** {@code f += eta [ <phi grad w> + <w phi' (B grad W)> ] / gamma0}, which is {@code (eta/P) NTK b Delta}. */
    private void addFirstOrder(double[] f) {
        try (Matrix gradient = backend.allocate(1, columns, samples);
                Matrix field = backend.allocate(1, points, samples);
                Matrix row = backend.allocate(1, 1, samples)) {
            backend.multiply(1, readout, readout, 0, row);
            for (int j = 0; j < columns; j++) {
                backend.multiply(1, pull.rows(j, 1), row, 0, gradient.rows(j, 1));
            }
            backend.gemm(1, basis, false, gradient, false, 0, field);
            double[] lower = backend.rowDot(slope, field);
            backend.gemm(1, drive, false, phi.rows(0, trained), false, 0, row);
            double[] upper = correlate(row);
            for (int mu = 0; mu < points; mu++) {
                f[mu] += training.eta() / training.gamma0() * (upper[mu] + lower[mu] / samples);
            }
        }
    }

    private void keep(int slot) {
        backend.copy(phi, keptFeatures.rows(slot * points, points));
        for (int mu = 0; mu < points; mu++) {
            backend.multiply(1, slope.rows(mu, 1), readout, 0, keptGradients.rows(slot * points + mu, 1));
        }
        if (slot == 0) {
            sampleFields(0);
        }
        if (slot == recorded.length - 1) {
            sampleFields(1);
        }
    }

    private void sampleFields(int end) {
        double[] values = new double[points * samples];
        backend.download(h, values);
        System.arraycopy(values, 0, preactivations.data(), end * values.length, values.length);
        backend.download(readout, values);
        for (int mu = 0; mu < points; mu++) {
            System.arraycopy(values, 0, pullbacks.data(), end * values.length + mu * samples, samples);
        }
    }

    private OrderParameters collect() {
        return trajectory.results(
                List.of(kernel(keptFeatures)),
                List.of(kernel(keptGradients)),
                null,
                List.of(preactivations),
                List.of(pullbacks));
    }

    private Tensor kernel(Matrix kept) {
        double[] values = backend.kernelBlock(1.0 / samples, kept, kept);
        return new Tensor(new int[] {recorded.length, points, recorded.length, points}, values);
    }

    @Override
    public void close() {
        noise.close();
        for (Matrix matrix : List.of(
                basis,
                driven,
                drive,
                weights,
                readout,
                weightVelocity,
                readoutVelocity,
                pull,
                h,
                phi,
                slope,
                correlation,
                keptFeatures,
                keptGradients)) {
            matrix.close();
        }
    }
}

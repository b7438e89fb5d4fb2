package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * One hidden layer of a {@link GeneralSweep}. Forward fields u, h, phi have a row per point, {@code (Q, S)}; backward fields
 * r, z, g a row per point and output, {@code (Q C, S)}, the output running fastest.
 */
final class GeneralLayer implements AutoCloseable {
    private final Backend backend;
    private final Problem problem;
    private final boolean responding;
    private final NoiseBasis basis;
    /** The point of every backward row. */
    private final int[] pointOf;

    /** {@code u^l ~ GP(0, Phi^{l-1})}; that of the first layer is drawn by {@link #drawInputs}. */
    final SampledProcess uProcess;
    /** {@code r^l ~ GP(0, G^{l+1})}; that of the last layer is drawn by {@link #drawReadout}. */
    final SampledProcess rProcess;
    /** {@code phi(h^l)}. */
    final PivotHistory features;
    /** {@code g^l}. */
    final PivotHistory gradients;

    /** {@code u}, the initial bias included. */
    final Matrix u;

    final Matrix r;
    final Matrix h;
    final Matrix z;
    private final Matrix slope;
    private final Matrix freeFeatures;
    private final Matrix freeSlope;
    private final Matrix scratch;
    private final Matrix wide;
    private final Matrix wideScratch;

    /** Null where the kernels at t = 0 are left as they were sampled. */
    private ExactStart featureStart;

    private ExactStart gradientStart;

    /** The bias; null without. */
    private final LearnedRows bias;

    private final Matrix biasRows;

    GeneralLayer(Backend backend, int layer, CausalSolver settings, Problem problem) {
        int points = PointSchedule.of(problem).rows();
        int outputs = problem.outputs();
        int samples = settings.samples();
        int[] recorded = problem.training().record();
        int limit = settings.pivotLimit(false);
        this.backend = backend;
        this.problem = problem;
        this.responding = settings.responses();
        this.basis = new NoiseBasis(backend, layer, settings);
        this.pointOf = new int[points * outputs];
        Arrays.setAll(pointOf, row -> row / outputs);
        this.uProcess = new SampledProcess(
                backend, basis.u(), settings, settings.toleranceU(), limit, Streams.residualU(layer));
        this.rProcess = new SampledProcess(
                backend, basis.r(), settings, settings.toleranceR(), limit, Streams.residualR(layer));
        this.features = new PivotHistory(backend, points, samples, recorded);
        this.gradients = new PivotHistory(backend, points * outputs, samples, recorded);
        this.u = backend.allocate(1, points, samples);
        this.h = backend.allocate(1, points, samples);
        this.slope = backend.allocate(1, points, samples);
        this.freeFeatures = backend.allocate(1, points, samples);
        this.freeSlope = backend.allocate(1, points, samples);
        this.scratch = backend.allocate(1, points, samples);
        this.r = backend.allocate(1, points * outputs, samples);
        this.z = backend.allocate(1, points * outputs, samples);
        this.wide = backend.allocate(1, points * outputs, samples);
        this.wideScratch = backend.allocate(1, points * outputs, samples);
        boolean biased = problem.network().bias();
        this.bias = biased ? new LearnedRows(backend, problem.training(), 1, samples) : null;
        this.biasRows = biased ? backend.allocate(1, points, samples) : null;
        if (biased) {
            basis.bias().extend(1, 0);
        }
    }

    /** Makes the kernels of time 0 exact: {@code Phi^l (Q, Q)} and, alike and independent for all outputs, {@code G^l (Q, Q)}. */
    void startExactly(double[] featureKernel, double[] gradientKernel) {
        int rows = pointOf.length;
        int outputs = problem.outputs();
        double[] wideKernel = new double[rows * rows];
        for (int i = 0; i < wideKernel.length; i++) {
            int row = i / rows;
            int column = i % rows;
            boolean sameOutput = row % outputs == column % outputs;
            wideKernel[i] = sameOutput ? gradientKernel[pointOf[row] * h.rows() + pointOf[column]] : 0;
        }
        featureStart = new ExactStart(backend, featureKernel, h.columns());
        gradientStart = new ExactStart(backend, wideKernel, h.columns());
    }

    /** {@code u^1 = B E} for the inputs of this time, {@code B (Q, k)}. */
    void drawInputs(int step, double[] inputs, int rank) {
        drawStatic(step, basis.u(), inputs, rank, u);
    }

    /** {@code r^L}: one noise row per output, the same for all points and times. */
    void drawReadout(int step) {
        int outputs = problem.outputs();
        drawStatic(step, basis.r(), readoutBasis(), outputs, r);
    }

    /** {@code (Q C, C)}: row (mu, c) reads weight c. */
    double[] readoutBasis() {
        int outputs = problem.outputs();
        double[] tiles = new double[pointOf.length * outputs];
        for (int row = 0; row < pointOf.length; row++) {
            tiles[row * outputs + row % outputs] = 1;
        }
        return tiles;
    }

    private void drawStatic(int step, NoiseBasis.Part noise, double[] factor, int rank, Matrix field) {
        if (step == 0) {
            noise.extend(rank, step);
        }
        try (Matrix f = backend.allocate(1, field.rows(), rank)) {
            backend.upload(factor, f);
            backend.gemm(1, f, false, noise.rows(), false, 0, field);
        }
    }

    /** {@code h = c u}, u with the initial bias, plus what the bias has learned. */
    void startForward(double decay) {
        if (bias != null) {
            backend.gatherRows(basis.bias().rows(), new int[biasRows.rows()], biasRows);
            backend.add(1, biasRows, 1, u);
        }
        backend.add(decay, u, 0, h);
        if (bias != null) {
            double[] ones = new double[h.rows()];
            Arrays.fill(ones, 1);
            bias.addTo(ones, h);
        }
    }

    /** Evaluates {@code phi(h)}, {@code phi'(h)} and the same at the free field {@code c u}, the control variate. */
    void activate(int step, double decay) {
        backend.activate(problem.network().activation(), h, features.at(step), slope);
        backend.add(decay, u, 0, scratch);
        backend.activate(problem.network().activation(), scratch, freeFeatures, freeSlope);
        if (featureStart == null) {
            return;
        }
        if (step == 0) {
            featureStart.begin(features.at(0));
        }
        featureStart.add(1, features.at(step));
        featureStart.add(1, freeFeatures);
    }

    /** {@code g = phi'(h) z}. */
    void pullBack(int step) {
        backend.gatherRows(slope, pointOf, wide);
        backend.multiply(1, wide, z, 0, gradients.at(step));
        if (gradientStart == null) {
            return;
        }
        if (step == 0) {
            gradientStart.begin(gradients.at(0));
        }
        gradientStart.add(1, gradients.at(step));
    }

    /** {@code h^{l+1} += c A^l g^{l+1}}. */
    void respondForward(int step, double decay, Matrix above) {
        if (!responding) {
            return;
        }
        backend.copy(features.at(step), scratch);
        backend.add(-1, freeFeatures, 1, scratch);
        try (Matrix response = rProcess.correlate(decay, scratch)) {
            rProcess.respond(response, above);
        }
    }

    /** {@code z^{l-1} += c B^l phi^{l-1}}. */
    void respondBackward(int step, double decay, Matrix below) {
        if (!responding) {
            return;
        }
        backend.gatherRows(freeSlope, pointOf, wide);
        backend.copy(gradients.at(step), wideScratch);
        backend.multiply(-decay, wide, r, 1, wideScratch);
        if (gradientStart != null) {
            gradientStart.add(-1, wideScratch);
        }
        try (Matrix response = uProcess.correlate(decay, wideScratch)) {
            uProcess.respond(response, below);
        }
    }

    /** {@code <z phi(h)> - <c r phi(c u)>} of every backward row: the read-out with its control variate. */
    double[] readout(int step, double decay) {
        backend.gatherRows(features.at(step), pointOf, wide);
        double[] full = backend.rowDot(z, wide);
        backend.gatherRows(freeFeatures, pointOf, wide);
        double[] free = backend.rowDot(r, wide);
        for (int row = 0; row < full.length; row++) {
            full[row] = (full[row] - decay * free[row]) / h.columns();
        }
        return full;
    }

    /** {@code b += a sum Delta g}. */
    void learnBias(int step, double[] drive) {
        if (bias != null) {
            bias.learn(step, drive, gradients.at(step));
        }
    }

    /** Keeps the fields of a recorded time. */
    void record(int step) {
        features.record(step);
        gradients.record(step);
    }

    @Override
    public void close() {
        basis.close();
        uProcess.close();
        rProcess.close();
        features.close();
        gradients.close();
        for (Matrix field : new Matrix[] {u, r, h, z, slope, freeFeatures, freeSlope, scratch, wide, wideScratch}) {
            field.close();
        }
        if (bias != null) {
            bias.close();
            biasRows.close();
        }
        if (featureStart != null) {
            featureStart.close();
            gradientStart.close();
        }
    }
}

package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The single-site process of one hidden layer: its noise, its fields at the current time, and their history
 * ({@code docs/theory.md} section 3 for the equations, 4.1 for how they are sampled). Forward fields u, h, phi have a row per
 * point, {@code (Q, S)}; backward fields r, z, g a row per point and output, {@code (Q C, S)}, the output running fastest.
 */
final class CausalLayer implements AutoCloseable {
    private final Backend backend;
    private final Activation activation;
    private final NoiseBasis basis;
    private final boolean responding;
    /** The point of every backward row. */
    private final int[] pointOf;

    /** {@code u^l ~ GP(0, Phi^{l-1})}, partner field {@code phi^{l-1}}. */
    final SampledProcess uProcess;
    /** {@code r^l ~ GP(0, G^{l+1})}, partner field {@code g^{l+1}}. */
    final SampledProcess rProcess;
    /** {@code phi(h^l)} over time. */
    final FieldHistory features;
    /** {@code g^l} over time. */
    final FieldHistory gradients;

    /** With biases, {@code u + b(0)}. */
    final Matrix u;

    final Matrix r;
    final Matrix h;
    final Matrix z;
    private final Matrix slope;
    private final Matrix freeFeatures;
    private final Matrix freeSlope;
    private final Matrix scratch;
    /** Room for forward fields repeated for every output, and for backward ones; null with one output, where they need none. */
    private final Matrix repeated;

    private final Matrix backwardScratch;
    /** Null without. */
    private Bias bias;
    /** Null where the kernels at t = 0 are left as they were sampled. */
    private ExactStart featureStart;

    private ExactStart gradientStart;

    CausalLayer(
            Backend backend,
            int layer,
            CausalSolver settings,
            int pivotLimit,
            Activation activation,
            int points,
            FieldHistory features,
            FieldHistory gradients) {
        int samples = settings.samples();
        int pullbacks = gradients.at(0).rows();
        this.backend = backend;
        this.activation = activation;
        this.responding = settings.responses();
        this.basis = new NoiseBasis(backend, layer, settings);
        this.uProcess = new SampledProcess(
                backend, basis.u(), settings, settings.toleranceU(), pivotLimit, Streams.residualU(layer));
        this.rProcess = new SampledProcess(
                backend, basis.r(), settings, settings.toleranceR(), pivotLimit, Streams.residualR(layer));
        this.features = features;
        this.gradients = gradients;
        this.pointOf = new int[pullbacks];
        Arrays.setAll(pointOf, row -> row / (pullbacks / points));
        this.u = backend.allocate(1, points, samples);
        this.r = backend.allocate(1, pullbacks, samples);
        this.h = backend.allocate(1, points, samples);
        this.z = backend.allocate(1, pullbacks, samples);
        this.slope = backend.allocate(1, points, samples);
        this.freeFeatures = backend.allocate(1, points, samples);
        this.freeSlope = backend.allocate(1, points, samples);
        this.scratch = backend.allocate(1, points, samples);
        boolean one = pullbacks == points;
        this.repeated = one ? null : backend.allocate(1, pullbacks, samples);
        this.backwardScratch = one ? scratch : backend.allocate(1, pullbacks, samples);
    }

    /** Gives the neurons biases. Their noise comes first. */
    void addBias(Training training) {
        bias = new Bias(backend, training, basis.bias(), h.rows(), z.rows(), h.columns());
    }

    /** Makes the kernels of time 0 exact: {@code Phi^l (Q, Q)} and, alike and independent for all outputs, {@code G^l (Q, Q)}. */
    void startExactly(double[] featureKernel, double[] gradientKernel) {
        int rows = pointOf.length;
        int outputs = rows / h.rows();
        double[] perOutput = new double[rows * rows];
        for (int i = 0; i < perOutput.length; i++) {
            int row = i / rows;
            int column = i % rows;
            boolean sameOutput = row % outputs == column % outputs;
            perOutput[i] = sameOutput ? gradientKernel[pointOf[row] * h.rows() + pointOf[column]] : 0;
        }
        featureStart = new ExactStart(backend, featureKernel, h.columns());
        gradientStart = new ExactStart(backend, perOutput, h.columns());
    }

    /**
     * {@code h = c u}, plus the biases.
     *
     * @param drawn whether {@code u} has just been drawn, and is still without the initial biases
     */
    void beginForward(double decay, boolean drawn) {
        if (bias != null && drawn) {
            bias.addInitial(u);
        }
        backend.add(decay, u, 0, h);
        if (bias != null) {
            bias.addLearned(h);
        }
    }

    /**
     * Evaluates {@code phi(h)}, {@code phi'(h)} and the same at the free field {@code c u}, the control variate.
     *
     * @param freeFieldMoved false if {@code c u} is what it was at the time before
     */
    void activate(int step, double decay, boolean freeFieldMoved) {
        backend.activate(activation, h, features.at(step), slope);
        if (freeFieldMoved) {
            backend.add(decay, u, 0, scratch);
            backend.activate(activation, scratch, freeFeatures, freeSlope);
        }
        if (featureStart != null) {
            featureStart.correct(step, features.at(step));
        }
    }

    /** {@code g = phi'(h) z}. */
    void pullBack(int step) {
        backend.multiply(1, perOutput(slope), z, 0, gradients.at(step));
        if (gradientStart != null) {
            gradientStart.correct(step, gradients.at(step));
        }
    }

    /** A forward field with a row for every backward one; good until the next call. */
    private Matrix perOutput(Matrix field) {
        if (repeated == null) {
            return field;
        }
        backend.gatherRows(field, pointOf, repeated);
        return repeated;
    }

    /**
     * {@code c A^l}, or zeros without responses, in the basis of {@code r}'s noise, {@code c <(phi(h) - phi(c u)) E_r^T>}; the subtracted mean is zero.
     *
     * @return {@code (Q, k_r)}; the caller closes it
     */
    Matrix featureResponse(int step, double decay) {
        if (!responding) {
            return backend.allocate(1, h.rows(), rProcess.pivots());
        }
        backend.copy(features.at(step), scratch);
        backend.add(-1, freeFeatures, 1, scratch);
        if (featureStart != null) {
            featureStart.add(-1, scratch);
        }
        return rProcess.correlate(decay, scratch);
    }

    /**
     * {@code c B^l}, or zeros without responses, in the basis of {@code u}'s noise, {@code c <(g - phi'(c u) c r) E_u^T>}.
     *
     * @return {@code (Q C, k_u)}; the caller closes it
     */
    Matrix gradientResponse(int step, double decay) {
        if (!responding) {
            return backend.allocate(1, z.rows(), uProcess.pivots());
        }
        backend.copy(gradients.at(step), backwardScratch);
        backend.multiply(-decay, perOutput(freeSlope), r, 1, backwardScratch);
        if (gradientStart != null) {
            gradientStart.add(-1, backwardScratch);
        }
        return uProcess.correlate(decay, backwardScratch);
    }

    /**
     * What the shift {@code D g(0)} of the gradients adds to the output's response to this layer, {@code <D g(0) (h - c u)>} per point and output: the
     * derivative of {@code <z phi(h)>} by h is the gradient that was sampled, and the weights learn from the shifted one.
     *
     * @return length Q C
     */
    private double[] startCorrection(double decay) {
        double[] moved = backend.rowDot(gradientStart.added(), perOutput(h));
        double[] free = backend.rowDot(gradientStart.added(), perOutput(u));
        for (int row = 0; row < moved.length; row++) {
            moved[row] = (moved[row] - decay * free[row]) / h.columns();
        }
        return moved;
    }

    /**
     * The read-out of a network, {@code gamma0 f} per point and output: that of the last layer, and what the exact start of every
     * layer that it responds to adds ({@code docs/theory.md} 4.1).
     *
     * @return length Q C
     */
    static double[] readout(CausalLayer[] layers, int step, double decay) {
        CausalLayer last = layers[layers.length - 1];
        double[] sum = last.readout(step, decay);
        for (CausalLayer layer : layers) {
            if (layer.gradientStart != null && (layer.responding || layer == last)) {
                double[] correction = layer.startCorrection(decay);
                for (int row = 0; row < sum.length; row++) {
                    sum[row] += correction[row];
                }
            }
        }
        return sum;
    }

    /** {@code <z phi(h)> - <c r phi(c u)>} per point and output, length Q C: the read-out with its control variate. */
    private double[] readout(int step, double decay) {
        double[] full = backend.rowDot(z, perOutput(features.at(step)));
        double[] free = backend.rowDot(r, perOutput(freeFeatures));
        double[] shifted =
                featureStart == null ? new double[free.length] : backend.rowDot(r, perOutput(featureStart.added()));
        for (int row = 0; row < full.length; row++) {
            full[row] = (full[row] - decay * (free[row] + shifted[row])) / h.columns();
        }
        return full;
    }

    /**
     * Takes in the gradient of one step, which what lies within the layer learns from.
     *
     * @param drive {@code a b Delta}, zero on test points, length Q C
     */
    void learn(int step, double[] drive) {
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
        for (Matrix field : new Matrix[] {u, r, h, z, slope, freeFeatures, freeSlope, scratch}) {
            field.close();
        }
        if (repeated != null) {
            repeated.close();
            backwardScratch.close();
        }
        if (bias != null) {
            bias.close();
        }
        if (featureStart != null) {
            featureStart.close();
            gradientStart.close();
        }
    }
}

package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.NoiseBasis;

/**
 * The single-site process of one hidden layer at the current time ({@code docs/theory.md} section 3 for the equations, 4.1 for how
 * they are sampled): its fields, and beside each a free one, that of the noise alone. Forward fields have a row per point (and pixel),
 * {@code (Q, S)}; backward fields a row per point and output, {@code (Q C, S)}, the output running fastest.
 */
final class CausalLayer implements AutoCloseable {
    private final Backend backend;
    private final Activation activation;
    private final boolean responding;
    private final boolean last;
    /** The point of every backward row. */
    private final int[] pointOf;

    final NoiseBasis noise;
    final Field h;
    final Field z;
    /** Shifted by an exact start, like its free companion. */
    final Field phi;

    /** Likewise. */
    final Field g;

    private final Field slope;
    /** {@code phi} of the free field, not shifted. */
    private final Matrix freePhi;
    /** Room for forward fields repeated for every output; null with one output, which needs none. */
    private final Matrix repeated;
    /** Null without. */
    private Bias bias;
    /** Null where the kernels at t = 0 are left as they were sampled. */
    private ExactStart featureStart;

    private ExactStart gradientStart;

    /**
     * @param layer 1..depth
     * @param rows Q
     */
    CausalLayer(
            Backend backend,
            int layer,
            int depth,
            CausalSolver settings,
            Activation activation,
            int rows,
            int outputs) {
        int samples = settings.samples();
        int pullbacks = rows * outputs;
        this.backend = backend;
        this.activation = activation;
        this.responding = settings.responses();
        this.last = layer == depth;
        this.noise = settings.noise(backend, layer);
        this.pointOf = new int[pullbacks];
        Arrays.setAll(pointOf, row -> row / outputs);
        this.h = field(rows, samples);
        this.phi = field(rows, samples);
        this.slope = field(rows, samples);
        this.freePhi = backend.allocate(1, rows, samples);
        this.z = field(pullbacks, samples);
        this.g = field(pullbacks, samples);
        this.repeated = outputs == 1 ? null : backend.allocate(1, pullbacks, samples);
    }

    private Field field(int rows, int samples) {
        return new Field(backend.allocate(1, rows, samples), backend.allocate(1, rows, samples));
    }

    /** Gives the neurons biases. Their noise comes first. */
    void addBias(Training training) {
        bias = new Bias(backend, training, noise.bias(), h.count(), z.count(), samples());
    }

    /** Makes the kernels of time 0 exact: {@code Phi^l (Q, Q)} and, alike and independent for all outputs, {@code G^l (Q, Q)}. */
    void startExactly(double[] featureKernel, double[] gradientKernel) {
        int rows = pointOf.length;
        int outputs = rows / h.count();
        double[] perOutput = new double[rows * rows];
        for (int i = 0; i < perOutput.length; i++) {
            int row = i / rows;
            int column = i % rows;
            boolean sameOutput = row % outputs == column % outputs;
            perOutput[i] = sameOutput ? gradientKernel[pointOf[row] * h.count() + pointOf[column]] : 0;
        }
        featureStart = new ExactStart(backend, featureKernel, samples());
        gradientStart = new ExactStart(backend, perOutput, samples());
    }

    private int samples() {
        return h.value().columns();
    }

    /** The forward row of every backward row. */
    int[] pointOf() {
        return pointOf;
    }

    /**
     * Sets {@link #h} to what biases make of it.
     *
     * @return what to keep of that: 0 without biases
     */
    double beginForward(double decay) {
        if (bias == null) {
            return 0;
        }
        bias.begin(decay, h);
        return 1;
    }

    /**
     * Evaluates {@code phi(h)}, {@code phi'(h)} and the same at the free field, the control variate.
     *
     * @param freeMoved false if the free field is what it was at the time before
     */
    void activate(int step, boolean freeMoved) {
        backend.activate(activation, h.value(), phi.value(), slope.value());
        if (freeMoved) {
            backend.activate(activation, h.free(), freePhi, slope.free());
        }
        backend.copy(freePhi, phi.free());
        if (featureStart != null) {
            featureStart.correct(step, phi);
        }
    }

    /** {@code g = phi'(h) z}. */
    void pullBack(int step) {
        backend.multiply(1, perOutput(slope.value()), z.value(), 0, g.value());
        backend.multiply(1, perOutput(slope.free()), z.free(), 0, g.free());
        if (gradientStart != null) {
            gradientStart.correct(step, g);
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
     * What the shift {@code D g(0)} of the gradients adds to the output's response to this layer, {@code <D g(0) (h - c u)>} per point and output: the
     * derivative of {@code <z phi(h)>} by h is the gradient that was sampled, and the weights learn from the shifted one.
     *
     * @return length Q C
     */
    private double[] startCorrection() {
        double[] moved = backend.rowDot(gradientStart.added(), perOutput(h.value()));
        double[] free = backend.rowDot(gradientStart.added(), perOutput(h.free()));
        for (int row = 0; row < moved.length; row++) {
            moved[row] = (moved[row] - free[row]) / samples();
        }
        return moved;
    }

    /**
     * The read-out of a network, {@code gamma0 f} per point and output: that of the last layer, and what the exact start of every
     * layer that it responds to adds ({@code docs/theory.md} 4.1).
     *
     * @return length Q C
     */
    static double[] readout(CausalLayer... layers) {
        double[] sum = layers[layers.length - 1].readout();
        for (CausalLayer layer : layers) {
            if (layer.gradientStart != null && (layer.responding || layer.last)) {
                double[] correction = layer.startCorrection();
                for (int row = 0; row < sum.length; row++) {
                    sum[row] += correction[row];
                }
            }
        }
        return sum;
    }

    /** {@code <z phi(h)> - <c r phi(c u)>} per point and output, length Q C: the read-out with its control variate. */
    private double[] readout() {
        double[] full = backend.rowDot(z.value(), perOutput(phi.value()));
        double[] free = backend.rowDot(z.free(), perOutput(phi.free()));
        for (int row = 0; row < full.length; row++) {
            full[row] = (full[row] - free[row]) / samples();
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
            bias.learn(step, drive, g.value());
        }
    }

    @Override
    public void close() {
        noise.close();
        for (Field field : new Field[] {h, z, phi, g, slope}) {
            field.value().close();
            field.free().close();
        }
        freePhi.close();
        if (repeated != null) {
            repeated.close();
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

package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.Neurons;

/** Samples of infinitely many neurons, whose kernels at t = 0 may be made exact ({@link ExactStart}). */
final class SampledNeurons extends Neurons implements AutoCloseable {
    private final Backend backend;
    /** Null where the kernels at t = 0 are left as they are sampled. */
    private ExactStart featureStart;

    private ExactStart gradientStart;
    /** The forward row of every backward row. */
    private int[] pointOf = {};

    private Field h;
    private int step;

    SampledNeurons(Backend backend, int samples, Activation activation) {
        super(backend, samples, activation);
        this.backend = backend;
    }

    /**
     * Makes the kernels of time 0 exact. From then on forward fields have Q rows and backward fields Q C, the output running fastest, of the
     * same points at all times.
     *
     * @param features {@code Phi^l (Q, Q)}
     * @param gradients {@code G^l (Q, Q)}, alike and independent for all outputs
     */
    void startExactly(double[] features, double[] gradients, int outputs) {
        int points = (int) Math.round(Math.sqrt(features.length));
        int rows = points * outputs;
        pointOf = new int[rows];
        Arrays.setAll(pointOf, row -> row / outputs);
        double[] perOutput = new double[rows * rows];
        for (int i = 0; i < perOutput.length; i++) {
            int row = i / rows;
            int column = i % rows;
            boolean sameOutput = row % outputs == column % outputs;
            perOutput[i] = sameOutput ? gradients[pointOf[row] * points + pointOf[column]] : 0;
        }
        featureStart = new ExactStart(backend, features, count());
        gradientStart = new ExactStart(backend, perOutput, count());
    }

    @Override
    public void activate(Field field, Field phi, Field slope, boolean freeMoved) {
        h = field;
        super.activate(field, phi, slope, freeMoved);
        if (featureStart != null) {
            if (!freeMoved) {
                backend.add(-1, featureStart.added(), 1, phi.free());
            }
            featureStart.correct(step, phi);
        }
    }

    @Override
    public void pullBack(double scale, Field slope, Field z, double keep, Field g) {
        super.pullBack(scale, slope, z, keep, g);
        if (gradientStart != null) {
            gradientStart.correct(step, g);
        }
        step++;
    }

    /**
     * What the shift {@code D g(0)} of the gradients adds to the output's response to this layer, {@code <D g(0) (h - c u)>} per
     * point and output: the derivative of {@code <z phi(h)>} by h is the gradient that was sampled, and the weights learn from the
     * shifted one ({@code docs/theory.md} 4.1). Added to {@code total}, length Q C.
     */
    void addStartCorrection(double[] total) {
        if (gradientStart == null) {
            return;
        }
        double[] moved = alongShift(h.value());
        double[] free = alongShift(h.free());
        for (int row = 0; row < moved.length; row++) {
            total[row] += (moved[row] - free[row]) / count();
        }
    }

    /** Row sums of what the gradients were shifted by and a forward field. */
    private double[] alongShift(Matrix field) {
        Matrix shift = gradientStart.added();
        if (shift.rows() == field.rows()) {
            return backend.rowDot(shift, field);
        }
        try (Matrix repeated = backend.allocateUnset(1, shift.rows(), shift.columns())) {
            backend.gatherRows(field, pointOf, repeated);
            return backend.rowDot(shift, repeated);
        }
    }

    @Override
    public void close() {
        if (featureStart != null) {
            featureStart.close();
            gradientStart.close();
        }
    }
}

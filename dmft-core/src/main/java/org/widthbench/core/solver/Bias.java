package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.NoiseBasis;

/**
 * The biases of one hidden layer, {@code docs/theory.md} 4.5: standard normal at initialization, one more noise row of the
 * layer, and trained by the same optimizer. The same for all points.
 */
final class Bias implements AutoCloseable {
    private final Backend backend;
    private final NoiseBasis.Part initial;
    private final LearnedRows learned;
    private final Matrix everyPoint;

    /**
     * @param initial where to draw the initial biases
     * @param points rows of {@code h}
     * @param pullbacks rows of {@code g}
     */
    Bias(Backend backend, Training training, NoiseBasis.Part initial, int points, int pullbacks, int samples) {
        double[] ones = new double[points];
        Arrays.fill(ones, 1);
        this.backend = backend;
        this.initial = initial;
        this.learned = new LearnedRows(backend, training, 1, points, pullbacks, samples);
        this.everyPoint = backend.allocate(1, points, 1);
        initial.extend(1, 0);
        learned.read(ones);
        backend.upload(ones, everyPoint);
    }

    /** {@code h = b(t)} and its free companion {@code c(t) b(0)}. */
    void begin(double decay, Field h) {
        backend.gemm(decay, everyPoint, false, initial.rows(), false, 0, h.free());
        backend.copy(h.free(), h.value());
        learned.addTo(1, h.value());
    }

    /**
     * {@code b += sum drive g}.
     *
     * @param drive {@code a b Delta}, one per row of g
     */
    void learn(int step, double[] drive, Matrix gradients) {
        learned.learn(step, drive, gradients);
    }

    @Override
    public void close() {
        learned.close();
        everyPoint.close();
    }
}

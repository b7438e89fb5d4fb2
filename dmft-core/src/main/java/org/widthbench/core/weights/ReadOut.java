package org.widthbench.core.weights;

import java.util.Map;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.LinearOptimizer;

/** The last weights {@code w (C, N)} of a network, one row per output. */
public class ReadOut implements AutoCloseable {
    private final Backend backend;
    private final Learned weights;
    private Field features;
    /** {@code (C, rows)}; null before the first step. */
    private Matrix drive;

    ReadOut(Backend backend, LinearOptimizer optimizer, Matrix weights) {
        this.backend = backend;
        this.weights = new Learned(backend, optimizer, weights);
    }

    /** {@code w}, {@code (C, N)}. */
    public Matrix matrix() {
        return weights.value();
    }

    /**
     * {@code w . phi / N}, summed in float64. The features are remembered until the next call.
     *
     * @return {@code (networks, rows, C)}
     */
    public double[] outputs(Field phi) {
        features = phi;
        return backend.kernelBlock(1.0 / matrix().columns(), phi.value(), matrix());
    }

    /** {@code z = scale w}, for every row the w of its output. */
    public void pullBack(double scale, int[] outputs, Field z) {
        backend.gatherRows(matrix(), outputs, z.value());
        if (scale != 1) {
            backend.add(0, z.value(), scale, z.value());
        }
    }

    /** {@link Weights#gather} of {@code drive phi} for the last features. */
    public void gather(double[] driving) {
        weights.gather(1, uploaded(driving), false, features.value());
    }

    /**
     * {@link Weights#learn} of {@code drive phi} for the last features.
     *
     * @param driving {@code (networks, C, rows)}
     */
    public void learn(double[] driving, double rate) {
        weights.step(rate, 1, uploaded(driving), false, features.value());
    }

    private Matrix uploaded(double[] driving) {
        if (drive == null || drive.columns() != features.count()) {
            free();
            drive = backend.allocateUnset(matrix().batch(), matrix().rows(), features.count());
        }
        backend.upload(driving, drive);
        return drive;
    }

    /** All that a step changes, by name; the matrices themselves. */
    public Map<String, Matrix> state() {
        return weights.state("readout");
    }

    private void free() {
        if (drive != null) {
            drive.close();
        }
    }

    @Override
    public void close() {
        weights.close();
        free();
    }
}

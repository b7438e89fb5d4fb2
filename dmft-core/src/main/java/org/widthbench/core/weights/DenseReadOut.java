package org.widthbench.core.weights;

import java.util.Map;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.Optimizer;

/** A read-out that is drawn and kept. */
final class DenseReadOut implements ReadOut {
    private final Backend backend;
    private final Learned weights;
    private Field features;
    /** {@code (C, rows)}; null before the first step. */
    private Matrix drive;

    DenseReadOut(Backend backend, Optimizer optimizer, Matrix weights) {
        this.backend = backend;
        this.weights = new Learned(backend, optimizer, weights);
    }

    private Matrix matrix() {
        return weights.value();
    }

    @Override
    public double[] outputs(Field phi) {
        features = phi;
        return backend.kernelBlock(1.0 / matrix().columns(), phi.value(), matrix());
    }

    @Override
    public void pullBack(double scale, int[] outputs, Field z) {
        spread(backend, matrix(), scale, outputs, z.value());
    }

    /** {@code z_i = scale w_{outputs[i]}}. */
    static void spread(Backend backend, Matrix weights, double scale, int[] outputs, Matrix z) {
        backend.gatherRows(weights, outputs, z);
        if (scale != 1) {
            backend.add(0, z, scale, z);
        }
    }

    @Override
    public void gather(double[] driving) {
        weights.gather(1, uploaded(driving), false, features.value());
    }

    @Override
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

    @Override
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

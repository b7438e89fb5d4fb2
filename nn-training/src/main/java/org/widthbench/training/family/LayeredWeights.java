package org.widthbench.training.family;

import org.widthbench.core.InitialWeights;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** One number per weight of a network: the weights themselves, a gradient, a direction. */
final class LayeredWeights {
    private final Backend backend;
    private final int width;
    private final Matrix[] layers;
    private final Matrix readout;

    /** All zero. */
    LayeredWeights(LayeredFamily family, int width, Matrices memory) {
        this.backend = memory.backend();
        this.width = width;
        this.layers = new Matrix[family.network().depth()];
        for (int l = 0; l < layers.length; l++) {
            layers[l] = memory.zeros(width, family.fanIn(l, width));
        }
        this.readout = memory.zeros(1, width);
    }

    /** Takes the values at initialization. */
    void initialize(long seed) {
        for (int l = 0; l < layers.length; l++) {
            backend.normal(new long[] {seed}, InitialWeights.stream(width, l), 0, layers[l]);
        }
        backend.normal(new long[] {seed}, InitialWeights.stream(width, layers.length), 0, readout);
    }

    /** {@code W^l (N, fan)}, l from 0. */
    Matrix layer(int l) {
        return layers[l];
    }

    /** {@code w (1, N)}. */
    Matrix readout() {
        return readout;
    }

    /** {@code this += factor other}. */
    void add(double factor, LayeredWeights other) {
        for (int l = 0; l < layers.length; l++) {
            backend.add(factor, other.layers[l], 1, layers[l]);
        }
        backend.add(factor, other.readout, 1, readout);
    }

    int count() {
        int count = width;
        for (Matrix layer : layers) {
            count = Math.addExact(count, Math.multiplyExact(layer.rows(), layer.columns()));
        }
        return count;
    }

    double[] download() {
        double[] all = new double[count()];
        int at = 0;
        for (int l = 0; l <= layers.length; l++) {
            Matrix part = l < layers.length ? layers[l] : readout;
            double[] values = new double[part.rows() * part.columns()];
            backend.download(part, values);
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }

    void upload(double[] all) {
        if (all.length != count()) {
            throw new IllegalArgumentException(all.length + " values for " + count() + " weights");
        }
        int at = 0;
        for (int l = 0; l <= layers.length; l++) {
            Matrix part = l < layers.length ? layers[l] : readout;
            double[] values = java.util.Arrays.copyOfRange(all, at, at + part.rows() * part.columns());
            backend.upload(values, part);
            at += values.length;
        }
    }
}

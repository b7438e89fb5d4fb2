package org.widthbench.core.weights;

import java.util.stream.IntStream;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.LinearOptimizer;

/** Weights that are drawn and kept, {@code M N} numbers. A query of q rows and a step of q rows take {@code 2 q M N} flops each. */
public final class DenseWeights implements Weights {
    private final Backend backend;
    private final LinearOptimizer optimizer;
    private final double scale;
    private final Matrix weights;
    /** Null without momentum. */
    private final Matrix velocity;

    private Matrix x;
    private Matrix y;
    private Matrix selected;
    private Matrix driven;

    DenseWeights(Backend backend, InitialDraw draw, int outputs, int inputs, LinearOptimizer optimizer) {
        this.backend = backend;
        this.optimizer = optimizer;
        this.scale = 1 / Math.sqrt(inputs);
        this.weights = backend.allocateUnset(draw.networks(), outputs, inputs);
        this.velocity = optimizer.hasVelocity() ? backend.allocate(draw.networks(), outputs, inputs) : null;
        backend.normal(draw.seeds(), draw.stream(), 0, weights);
    }

    /** {@code W (M, N)} of every network. */
    public Matrix matrix() {
        return weights;
    }

    @Override
    public void forward(Matrix features, double keep, Matrix target) {
        x = features;
        backend.gemm(scale, x, false, weights, true, keep, target);
    }

    @Override
    public void backward(Matrix gradients, Matrix target) {
        y = gradients;
        if (target != null) {
            backend.gemm(scale, y, false, weights, false, 0, target);
        }
    }

    @Override
    public void learn(int[] rows, double[] drive, double rate) {
        Matrix right = x.rows(0, Math.min(rows.length, x.rows()));
        if (!IntStream.range(0, rows.length).allMatch(i -> rows[i] == i)) {
            selected = like(selected, rows.length, x);
            backend.gatherRows(x, rows, selected);
            right = selected;
        }
        driven = like(driven, y.rows(), y);
        backend.scaleRows(drive, y, driven);
        optimizer.step(backend, rate, scale, driven, true, right, velocity, weights);
    }

    private Matrix like(Matrix known, int rows, Matrix field) {
        if (known != null && known.rows() == rows) {
            return known;
        }
        free(known);
        return backend.allocateUnset(field.batch(), rows, field.columns());
    }

    @Override
    public Coordinates features() {
        return Coordinates.of(x);
    }

    @Override
    public Coordinates gradients() {
        return Coordinates.of(y);
    }

    @Override
    public void close() {
        weights.close();
        free(velocity);
        free(selected);
        free(driven);
    }

    private static void free(Matrix matrix) {
        if (matrix != null) {
            matrix.close();
        }
    }
}

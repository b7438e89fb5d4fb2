package org.widthbench.core.weights;

import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.Optimizer;

/** Weights that are drawn and kept, {@code M N} numbers. A query of q rows and a step of q rows take {@code 2 q M N} flops each. */
public final class DenseWeights implements Weights {
    private final Backend backend;
    private final double scale;
    private final Learned weights;
    private Matrix x;
    private Matrix y;
    private Matrix selected;
    private Matrix driven;

    DenseWeights(Backend backend, InitialDraw draw, int outputs, int inputs, Optimizer optimizer) {
        this.backend = backend;
        this.scale = 1 / Math.sqrt(inputs);
        this.weights = new Learned(backend, optimizer, backend.allocateUnset(draw.networks(), outputs, inputs));
        backend.normal(draw.seeds(), draw.stream(), 0, weights.value());
    }

    /** {@code W (M, N)} of every network. */
    public Matrix matrix() {
        return weights.value();
    }

    @Override
    public void forward(Field features, double factor, double keep, Field target) {
        x = features.value();
        backend.gemm(factor * scale, x, false, matrix(), true, keep, target.value());
    }

    @Override
    public void backward(Field gradients, double factor, double keep, Field target) {
        y = gradients.value();
        if (target != null) {
            backend.gemm(factor * scale, y, false, matrix(), false, keep, target.value());
        }
    }

    @Override
    public void gather(int[] rows, double[] drive) {
        weights.gather(scale, driven(drive), true, right(rows));
    }

    @Override
    public void learn(int[] rows, double[] drive, double rate) {
        weights.step(rate, scale, driven(drive), true, right(rows));
    }

    private Matrix right(int[] rows) {
        if (rows.length <= x.rows() && IntStream.range(0, rows.length).allMatch(i -> rows[i] == i)) {
            return x.rows(0, rows.length);
        }
        selected = like(selected, rows.length, x);
        backend.gatherRows(x, rows, selected);
        return selected;
    }

    private Matrix driven(double[] drive) {
        driven = like(driven, y.rows(), y);
        backend.scaleRows(drive, y, driven);
        return driven;
    }

    @Override
    public Map<String, Matrix> state() {
        return weights.state("weights");
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
        free(selected);
        free(driven);
    }

    private static void free(Matrix matrix) {
        if (matrix != null) {
            matrix.close();
        }
    }
}

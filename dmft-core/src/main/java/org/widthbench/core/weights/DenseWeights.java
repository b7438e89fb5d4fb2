package org.widthbench.core.weights;

import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.Optimizer;

/**
 * Weights that are drawn and kept, {@code M N} numbers. A query of q rows and a step of q rows take {@code 2 q M N} flops
 * each. With filters of more than one tap they are the filters of a convolution: N counts taps, {@link Backend#convolve}.
 */
public final class DenseWeights implements Weights {
    private final Backend backend;
    private final Images images;
    private final double scale;
    private final Learned weights;
    private Matrix x;
    private Matrix y;
    private Matrix selected;
    private Matrix driven;

    /** @param channels numbers per pixel of what is read */
    DenseWeights(Backend backend, InitialDraw draw, int outputs, int channels, Images images, Optimizer optimizer) {
        this.backend = backend;
        this.images = images;
        int inputs = images.taps() * channels;
        this.scale = 1 / Math.sqrt(inputs);
        this.weights = new Learned(backend, optimizer, backend.allocateUnset(draw.networks(), outputs, inputs));
        draw.matrix(backend, weights.value());
    }

    /** {@code W (M, N)} of every network. */
    public Matrix matrix() {
        return weights.value();
    }

    @Override
    public void forward(Field features, double factor, double keep, Field target) {
        x = features.value();
        backend.convolve(images, factor * scale, x, matrix(), keep, target.value());
    }

    @Override
    public void backward(Field gradients, double factor, double keep, Field target) {
        y = gradients.value();
        if (target != null) {
            backend.convolveBack(images, factor * scale, y, matrix(), keep, target.value());
        }
    }

    @Override
    public void gather(int[] rows, double[] drive) {
        weights.gather(scale, along(rows, drive));
    }

    @Override
    public void learn(int[] rows, double[] drive, double rate) {
        weights.step(rate, scale, along(rows, drive));
    }

    private Optimizer.Gradient along(int[] rows, double[] drive) {
        Matrix left = driven(drive);
        Matrix right = right(rows);
        return (alpha, beta, target) -> backend.convolveWeights(images, alpha, left, right, beta, target);
    }

    @Override
    public Coordinates outer(int first, int count) {
        Matrix sum = backend.allocateUnset(x.batch(), matrix().rows(), matrix().columns());
        backend.convolveWeights(images, 1, y.rows(first, count), x.rows(first, count), 0, sum);
        return new Coordinates(sum, (double) sum.rows() * sum.columns());
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

    /** Of vectors. */
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

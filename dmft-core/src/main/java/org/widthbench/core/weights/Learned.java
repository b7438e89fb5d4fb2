package org.widthbench.core.weights;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.Optimizer;
import org.widthbench.core.optimize.Optimizer.Gradient;

/** A matrix that an optimizer moves along gradients, which may come in parts. */
public final class Learned implements AutoCloseable {
    private final Backend backend;
    private final Optimizer optimizer;
    private Matrix value;
    /** v of the optimizer, and the gradients gathered so far; null if a step has needed neither. */
    private Matrix velocity;

    /** What else the optimizer keeps, zero at the start. */
    private final Matrix[] moments;

    private int steps;
    /** {@link #steps} once {@link #state} is to tell them, {@code (1, 1)}; null before. */
    private Matrix count;

    private boolean gathered;

    /** @param value at the start; closed with this */
    public Learned(Backend backend, Optimizer optimizer, Matrix value) {
        this.backend = backend;
        this.optimizer = optimizer;
        this.value = value;
        this.moments = new Matrix[optimizer.moments()];
        Arrays.setAll(moments, i -> backend.allocate(value.batch(), value.rows(), value.columns()));
        if (optimizer.hasVelocity()) {
            makeVelocity();
        }
    }

    private void makeVelocity() {
        velocity = backend.allocate(value.batch(), value.rows(), value.columns());
    }

    public Matrix value() {
        return value;
    }

    /** All that a step changes, under names that begin so. */
    Map<String, Matrix> state(String name) {
        if (velocity == null) {
            makeVelocity();
        }
        Map<String, Matrix> state = new LinkedHashMap<>();
        state.put(name, value);
        state.put(name + "Velocity", velocity);
        for (int i = 0; i < moments.length; i++) {
            state.put(name + "Moment" + (i + 1), moments[i]);
        }
        if (moments.length > 0) {
            if (count == null) {
                count = backend.allocate(1, 1, 1);
                backend.upload(new double[] {steps}, count);
            }
            state.put(name + "Steps", count);
        }
        return state;
    }

    /** The number of the step that comes. */
    private int nextStep() {
        if (count != null) {
            double[] known = new double[1];
            backend.download(count, known);
            steps = (int) known[0];
            backend.upload(new double[] {steps + 1}, count);
        }
        return ++steps;
    }

    /** Adds {@code factor op(left) right} to the gradient of the next step. */
    void gather(double factor, Matrix left, boolean transposeLeft, Matrix right) {
        int rows = transposeLeft ? left.columns() : left.rows();
        gather(factor, product(left, transposeLeft, right), rows, right.columns());
    }

    /** Adds {@code factor gradient} to the gradient of the next step. */
    void gather(double factor, Gradient gradient) {
        gather(factor, gradient, value.rows(), value.columns());
    }

    /** One step along {@code factor op(left) right} and what was gathered. */
    public void step(double rate, double factor, Matrix left, boolean transposeLeft, Matrix right) {
        int rows = transposeLeft ? left.columns() : left.rows();
        step(rate, factor, product(left, transposeLeft, right), rows, right.columns());
    }

    /** One step along {@code factor gradient} and what was gathered. */
    void step(double rate, double factor, Gradient gradient) {
        step(rate, factor, gradient, value.rows(), value.columns());
    }

    /** Adds {@code factor sum_i drive_i y_i x_{rows[i]}^T} to the gradient of the next step, with room for it. */
    void gather(double factor, Matrix y, double[] drive, Matrix x, int[] rows) {
        drive(y, drive, x, rows, (driven, seen) -> gather(factor, driven, true, seen));
    }

    /** One step along {@code factor sum_i drive_i y_i x_{rows[i]}^T} and what was gathered, with room for it. */
    void step(double rate, double factor, Matrix y, double[] drive, Matrix x, int[] rows) {
        drive(y, drive, x, rows, (driven, seen) -> step(rate, factor, driven, true, seen));
    }

    private void drive(Matrix y, double[] drive, Matrix x, int[] rows, BiConsumer<Matrix, Matrix> act) {
        if (y.columns() == 0 || x.columns() == 0) {
            return;
        }
        grow(y.columns(), x.columns());
        try (Matrix seen = backend.allocateUnset(1, rows.length, x.columns());
                Matrix driven = backend.allocateUnset(1, rows.length, y.columns())) {
            backend.gatherRows(x, rows, seen);
            backend.scaleRows(drive, y, driven);
            act.accept(driven, seen);
        }
    }

    /** The first rows and columns of the value, with room for them. */
    Matrix part(int rows, int columns) {
        grow(rows, columns);
        return value.block(0, rows, 0, columns);
    }

    private Gradient product(Matrix left, boolean transposeLeft, Matrix right) {
        return (alpha, beta, target) -> backend.gemm(alpha, left, transposeLeft, right, false, beta, target);
    }

    private void gather(double factor, Gradient gradient, int rows, int columns) {
        if (velocity == null) {
            makeVelocity();
        }
        optimizer.gather(!gathered, factor, gradient, velocity.block(0, rows, 0, columns));
        gathered = true;
    }

    /** A step of the part that is in use. */
    private void step(double rate, double factor, Gradient gradient, int rows, int columns) {
        Matrix target = value.block(0, rows, 0, columns);
        if (optimizer.hasVelocity() || gathered) {
            Matrix moving = velocity.block(0, rows, 0, columns);
            optimizer.gather(!gathered, factor, gradient, moving);
            optimizer.move(backend, rate, factor, nextStep(), moving, moments, target);
        } else {
            optimizer.step(rate, factor, gradient, target);
        }
        gathered = false;
    }

    /**
     * {@code value := factor left^T value right}, and the velocity alike.
     *
     * @param left with as many rows as value has, or fewer where the others are zero
     * @param right with as many rows as value has columns, likewise
     */
    void spread(double factor, Matrix left, Matrix right) {
        value = spread(value, factor, left, right);
        velocity = velocity == null ? null : spread(velocity, factor, left, right);
    }

    private Matrix spread(Matrix memory, double factor, Matrix left, Matrix right) {
        Matrix spread = backend.allocate(1, left.columns(), right.columns());
        if (left.rows() > 0 && right.rows() > 0) {
            try (Matrix half = backend.allocateUnset(1, left.rows(), right.columns())) {
                backend.gemm(1, memory.block(0, left.rows(), 0, right.rows()), false, right, false, 0, half);
                backend.gemm(factor, left, true, half, false, 0, spread);
            }
        }
        memory.close();
        return spread;
    }

    /** Makes room for so many rows and columns, new ones zero. */
    private void grow(int rows, int columns) {
        if (value.rows() < rows || value.columns() < columns) {
            value = grown(value, rows, columns);
            velocity = velocity == null ? null : grown(velocity, rows, columns);
        }
    }

    private Matrix grown(Matrix memory, int rows, int columns) {
        Matrix larger = backend.allocate(
                memory.batch(), Math.max(rows, 2 * memory.rows()), Math.max(columns, 2 * memory.columns()));
        backend.copy(memory, larger.block(0, memory.rows(), 0, memory.columns()));
        memory.close();
        return larger;
    }

    @Override
    public void close() {
        value.close();
        if (velocity != null) {
            velocity.close();
        }
        for (Matrix moment : moments) {
            moment.close();
        }
        if (count != null) {
            count.close();
        }
    }
}

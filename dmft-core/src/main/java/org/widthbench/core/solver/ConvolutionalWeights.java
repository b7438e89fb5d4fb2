package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.InitialPart;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.weights.Coordinates;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.GaussianProcess;
import org.widthbench.core.weights.SampledProcess;
import org.widthbench.core.weights.Weights;

/**
 * Filters between infinitely many channels, {@code docs/theory.md} section 6: {@code u^{l+1} ~ GP(0, S(Phi^l))}, {@code r^l ~ GP(0,
 * S*(G^{l+1}))}, the responses shift by shift, and what training has made of the filters. Fields have n = Q pixels rows. Two forms
 * follow the same sample path, each cheaper elsewhere ({@link ConvolutionalCost}): {@link KernelConvolution} and {@link
 * AccumulatorConvolution}.
 */
abstract class ConvolutionalWeights implements Weights {
    final Backend backend;
    final FilterShifts shifts;
    private final Side right;
    private final Side left;
    private final InitialPart initial;
    private final boolean responds;
    private int step;

    /** One direction: the process that a field drives, and its law. */
    static final class Side implements AutoCloseable {
        final SampledProcess process;
        final PivotRows pivots = new PivotRows();
        private final GaussianProcess law;
        private Matrix field;

        /** @param steps number T of times over which the pivots are spread */
        Side(SampledProcess process, GaussianProcess law, int steps) {
            this.process = process;
            this.law = law;
            law.spread(steps);
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /**
     * {@code S(K)} of the newest rows of a field.
     *
     * @param cross with the pivots, {@code (n, k)}
     * @param block among themselves, {@code (n, n)}
     * @param lag each with its own row of the time before, length n; zeros at time 0
     */
    record KernelBlock(double[] cross, double[] block, double[] lag) {}

    /** @param responds false drops the responses */
    ConvolutionalWeights(
            Backend backend, FilterShifts shifts, LinearOptimizer optimizer, Side right, Side left, boolean responds) {
        this.backend = backend;
        this.shifts = shifts;
        this.initial = new InitialPart(optimizer);
        this.right = right;
        this.left = left;
        this.responds = responds;
    }

    /** Takes in the newest rows of the features, or of the gradients, and measures their kernel. */
    abstract KernelBlock measure(int step, boolean features, Matrix field, Side side);

    /** Told after a draw: these rows of the newest time became pivots. */
    abstract void keepPivots(boolean features, int... rows);

    /**
     * Adds scale times what responses and training make of the other field: {@code S(A) v + sum_s kappa drive(s) S(K)(t,s) v(s)}.
     *
     * @param features whether the newest rows are features, the sums over gradients
     * @param response A, which is zero but for the columns of the pivots, those columns {@code (n, k)}; null for none
     * @param pivots rows of the other field that they belong to
     */
    abstract void addPast(int step, boolean features, double scale, double[] response, int[] pivots, Matrix target);

    /**
     * Takes in the gradient of one step.
     *
     * @param rate {@code rho(t)} of the learning-rate schedule
     * @param drive {@code a b Delta}, length n
     */
    abstract void learn(int step, double rate, double... drive);

    @Override
    public void forward(Field x, double scale, double keep, Field target) {
        query(true, right, left, x, scale, keep, target);
    }

    @Override
    public void backward(Field y, double scale, double keep, Field target) {
        query(false, left, right, y, scale, keep, target);
    }

    private void query(boolean features, Side asked, Side other, Field field, double scale, double keep, Field target) {
        double decay = initial.share();
        asked.field = field.value();
        KernelBlock kernel = measure(step, features, field.value(), asked);
        asked.pivots.toShares(kernel.cross());
        GaussianProcess.Extension extension = asked.law.extend(kernel.cross(), kernel.block());
        asked.pivots.append(step * field.count(), extension);
        if (keep != 0) {
            // What the value has beyond its companion.
            backend.add(-keep, target.free(), keep, target.value());
        }
        asked.process.draw(extension, kernel.lag(), scale * decay, keep, target.free());
        keepPivots(features, extension.newPivots());
        backend.add(1, target.free(), keep == 0 ? 0 : 1, target.value());
        double[] response = null;
        if (responds && other.process.pivots() > 0) {
            response = new double[field.count() * other.process.pivots()];
            try (Matrix deviation = backend.allocateUnset(
                            1, field.count(), field.value().columns());
                    Matrix measured = backend.allocateUnset(1, field.count(), other.process.pivots())) {
                backend.copy(field.value(), deviation);
                backend.add(-1, field.free(), 1, deviation);
                other.process.correlate(decay, deviation, measured);
                backend.download(measured, response);
            }
            other.pivots.toPivots(response);
        }
        addPast(step, features, scale, response, other.pivots.rows(), target.value());
    }

    @Override
    public void gather(int[] rows, double[] drive) {
        throw new UnsupportedOperationException("filters learn from whole batches");
    }

    @Override
    public void learn(int[] rows, double[] drive, double rate) {
        learn(step++, rate, drive);
        initial.step(rate);
    }

    @Override
    public Coordinates features() {
        return Coordinates.of(right.field);
    }

    @Override
    public Coordinates gradients() {
        return Coordinates.of(left.field);
    }

    @Override
    public void close() {
        right.close();
        left.close();
    }
}

package org.widthbench.core.weights;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.InitialPart;
import org.widthbench.core.optimize.LinearOptimizer;

/**
 * Weights between infinitely many neurons in the ledger of {@link ConditionedWeights}, {@code docs/theory.md} 4.1. With orthonormal
 * features V, gradients U, noise E that is orthonormal within a layer, and dx what of the features does not come from their
 * own layer's noise alone:
 *
 * <pre>{@code
 * u = alpha E^u + rest          alpha = <x, V>      h = c(t) (u + <dx, E^r> U) + alpha C^T U
 * r = beta E^r + rest           beta = <y, U>       z = c(t) (r + <dy, E^u> V) + beta C V
 * step:  C gains sum_i drive_i beta_i^T alpha_i, under the optimizer's own recursion
 * }</pre>
 *
 * The responses are Gaussian integration by parts, so that no derivative of a field is taken. With k and m directions a query of q
 * rows takes {@code 4 q (k + m) S} flops and memory {@code 2 (k + m) S} in all, whatever the number of times. Where the limit on
 * pivots leaves directions out, C lives among the samples from then on, {@code (S, S)}, so that these keep learning: {@code 2 q S^2}
 * flops more a query and a step.
 */
public final class MeanFieldWeights implements Weights {
    private final Backend backend;
    private final InitialPart initial;
    private final Side right;
    private final Side left;
    private final Learned learned;
    private final boolean responding;
    /** True once the fields are their own coordinates in {@link #learned}. */
    private boolean amongSamples;

    /** One side: the field that it was asked last, and the process that this drives on the other side. */
    private final class Side implements AutoCloseable {
        private final SampledProcess process;
        private final Span span;
        /** Whether the law may leave directions out. */
        private final boolean limited;

        private Matrix field;
        private Matrix previous;

        Side(SampledProcess process, Law law, int samples) {
            this.process = process;
            this.span = new Span(backend, samples, law.tolerance, new GaussianProcess(law.tolerance, law.limit));
            this.limited = law.limit < Integer.MAX_VALUE;
        }

        /** {@code free = scale (F E + rest) + keep free} given the field that drives it. */
        void draw(Matrix driving, double scale, double keep, Matrix free) {
            field = driving;
            GaussianProcess.Extension extension = span.extend(driving);
            double[] lag = new double[driving.rows()];
            if (process.hasResidualNoise()) {
                if (previous == null) {
                    previous = backend.allocateUnset(1, driving.rows(), driving.columns());
                } else {
                    lag = backend.rowDot(driving, previous);
                    for (int i = 0; i < lag.length; i++) {
                        lag[i] /= driving.columns();
                    }
                }
                backend.copy(driving, previous);
            }
            process.draw(extension, lag, scale, keep, free);
        }

        /** {@code shares = scale <x - free x, E>}: the response of a field to this side's noise. */
        void respond(double scale, Field x, Matrix shares) {
            try (Matrix deviation =
                    backend.allocateUnset(1, x.count(), x.value().columns())) {
                backend.copy(x.value(), deviation);
                backend.add(-1, x.free(), 1, deviation);
                process.correlate(scale, deviation, shares);
            }
        }

        /** The last field in the coordinates of C. */
        Matrix inLearned() {
            return amongSamples ? field : process.factor();
        }

        Coordinates coordinates() {
            return limited ? Coordinates.of(field) : new Coordinates(process.factor(), 1);
        }

        @Override
        public void close() {
            process.close();
            span.close();
            if (previous != null) {
                previous.close();
            }
        }
    }

    /**
     * Which directions of a field are kept.
     *
     * @param tolerance share of a block's variance that may be left out of any row
     * @param limit most directions; {@code Integer.MAX_VALUE} for all
     */
    public record Law(double tolerance, int limit) {}

    /**
     * @param samples S
     * @param right the process that features drive; closed with this
     * @param left the process that gradients drive; closed with this
     * @param amongSamples whether C lives among the samples from the start
     * @param responding false drops the responses
     */
    public MeanFieldWeights(
            Backend backend,
            int samples,
            SampledProcess right,
            Law rightLaw,
            SampledProcess left,
            Law leftLaw,
            LinearOptimizer optimizer,
            boolean amongSamples,
            boolean responding) {
        this.backend = backend;
        this.initial = new InitialPart(optimizer);
        this.right = new Side(right, rightLaw, samples);
        this.left = new Side(left, leftLaw, samples);
        this.responding = responding;
        this.learned = new Learned(backend, optimizer, backend.allocate(1, 1, 1));
        if (amongSamples) {
            moveAmongSamples();
        }
    }

    private void moveAmongSamples() {
        Matrix u = left.span.directions();
        core();
        learned.spread(1.0 / u.columns(), u, right.span.directions());
        amongSamples = true;
    }

    @Override
    public void forward(Field x, double scale, double keep, Field target) {
        query(right, left, true, x, scale, keep, target);
    }

    @Override
    public void backward(Field y, double scale, double keep, Field target) {
        query(left, right, false, y, scale, keep, target);
    }

    private void query(Side asked, Side other, boolean forward, Field field, double scale, double keep, Field target) {
        if (keep != 0) {
            // What the value has beyond its companion.
            backend.add(-keep, target.free(), keep, target.value());
        }
        asked.draw(field.value(), scale * initial.share(), keep, target.free());
        if (keep == 0) {
            backend.copy(target.free(), target.value());
        } else {
            backend.add(1, target.free(), 1, target.value());
        }
        if (!amongSamples && !asked.span.whole()) {
            moveAmongSamples();
        }
        int directions = other.span.count();
        boolean responds = responding && field.free() != null;
        boolean inLedger = !amongSamples && asked.span.count() > 0;
        if (directions > 0 && (responds || inLedger)) {
            try (Matrix shares = backend.allocateUnset(1, field.count(), directions)) {
                if (responds) {
                    other.respond(initial.share(), field, shares);
                }
                if (inLedger) {
                    backend.gemm(1, asked.process.factor(), false, core(), forward, responds ? 1 : 0, shares);
                }
                backend.gemm(scale, shares, false, other.span.directions(), false, 1, target.value());
            }
        }
        if (amongSamples) {
            backend.gemm(scale, field.value(), false, learned.value(), forward, 1, target.value());
        }
    }

    /** C, with room for all directions. */
    private Matrix core() {
        return learned.part(left.span.count(), right.span.count());
    }

    @Override
    public void gather(int[] rows, double[] drive) {
        learned.gather(normalization(), left.inLearned(), drive, right.inLearned(), rows);
    }

    @Override
    public void learn(int[] rows, double[] drive, double rate) {
        learned.step(rate, normalization(), left.inLearned(), drive, right.inLearned(), rows);
        initial.step(rate);
    }

    private double normalization() {
        return amongSamples ? 1.0 / right.field.columns() : 1;
    }

    /** The last features: in the ledger where it holds them to the tolerance, else themselves. */
    @Override
    public Coordinates features() {
        return right.coordinates();
    }

    @Override
    public Coordinates gradients() {
        return left.coordinates();
    }

    @Override
    public void close() {
        right.close();
        left.close();
        learned.close();
    }
}

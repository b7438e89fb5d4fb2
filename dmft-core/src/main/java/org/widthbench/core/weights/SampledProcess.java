package org.widthbench.core.weights;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** One Gaussian process of a layer, drawn as {@code F E} plus residual noise ({@code docs/theory.md} 4.1). */
public final class SampledProcess implements AutoCloseable {
    private final Backend backend;
    private final NoiseBasis.Part noise;
    private final long seed;
    private final long residualStream;
    private final boolean residualNoise;
    private Matrix factor;
    private Remainder remainder;
    private double captured = 1;
    private int step;

    /**
     * @param residualStream noise stream of the variance that the pivots leave
     * @param residualNoise whether that is drawn at all
     */
    public SampledProcess(
            Backend backend, NoiseBasis.Part noise, long seed, long residualStream, boolean residualNoise) {
        this.backend = backend;
        this.noise = noise;
        this.seed = seed;
        this.residualStream = residualStream;
        this.residualNoise = residualNoise;
    }

    /** Number k of rows of noise so far, one for each pivot. */
    public int pivots() {
        return noise.count();
    }

    /** Share of the variance that the pivots explain, at the worst time so far. */
    public double captured() {
        return captured;
    }

    /** Whether {@link #draw} reads the kernel of rows with those of the time before. */
    boolean hasResidualNoise() {
        return residualNoise;
    }

    /**
     * {@code field = scale (F E + rest) + keep field} for the rows of the next time.
     *
     * @param extension how they hang on the pivots
     * @param lag kernel of each with its own row of the time before; not read without residual noise
     * @param field {@code (Q, S)}
     */
    public void draw(GaussianProcess.Extension extension, double[] lag, double scale, double keep, Matrix field) {
        int q = field.rows();
        int k = extension.factor().length / q;
        noise.extend(extension.newPivots().length, step++);
        captured = Math.min(captured, extension.captured());
        if (factor != null) {
            factor.close();
        }
        factor = backend.allocateUnset(1, q, k);
        if (k == 0) {
            // A kernel of zeros: the field is zero.
            backend.add(0, field, keep, field);
            return;
        }
        backend.upload(extension.factor(), factor);
        backend.gemm(scale, factor, false, noise.rows(), false, keep, field);
        if (residualNoise) {
            if (remainder == null) {
                remainder = new Remainder(backend, q, field.columns(), seed, residualStream);
            }
            remainder.addTo(extension, lag, scale, field);
        }
    }

    /**
     * Rows of which a factor is known, {@code F E} with the same rows of noise at all times.
     *
     * @param spanning F, {@code (Q, k)}
     */
    public void drawSpanned(double[] spanning, Matrix field) {
        int rank = spanning.length / field.rows();
        noise.extend(rank - noise.count(), 0);
        try (Matrix f = backend.allocateUnset(1, field.rows(), rank)) {
            backend.upload(spanning, f);
            backend.gemm(1, f, false, noise.rows(), false, 0, field);
        }
    }

    /** {@code F (Q, k)} of the last draw. */
    public Matrix factor() {
        return factor;
    }

    /** Correlation of a field with this process's noise, {@code target = scale field E^T / S}, {@code (Q, k)}. */
    public void correlate(double scale, Matrix field, Matrix target) {
        backend.gemm(scale / field.columns(), field, false, noise.rows(), true, 0, target);
    }

    @Override
    public void close() {
        if (factor != null) {
            factor.close();
        }
        if (remainder != null) {
            remainder.close();
        }
    }
}

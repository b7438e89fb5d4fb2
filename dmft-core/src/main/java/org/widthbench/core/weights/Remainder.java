package org.widthbench.core.weights;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * What the pivots of a process leave unexplained, drawn as noise of its own for every row: a Markov chain in time with the
 * right variance at every time and the right covariance between neighbouring times, {@code docs/theory.md} 4.1 "What the
 * pivots leave". Points are independent of each other.
 */
public final class Remainder implements AutoCloseable {
    private final Backend backend;
    private final long seed;
    private final long stream;
    /** {@code xi (Q, S)} of the newest time. */
    private final Matrix noise;

    private double[] variance;
    /** {@code F (Q, k)} of the newest time. */
    private double[] factor = {};

    private int step;

    /** @param stream of the noise */
    public Remainder(Backend backend, int points, int samples, long seed, long stream) {
        this.backend = backend;
        this.seed = seed;
        this.stream = stream;
        this.noise = backend.allocate(1, points, samples);
        this.variance = new double[points];
    }

    /**
     * Moves the chain to the next time and adds it to the field.
     *
     * @param extension how the rows of this time hang on the pivots
     * @param lag kernel of each row with its own row of the time before, length Q
     * @param scale what it is multiplied by as it is added
     */
    public void addTo(GaussianProcess.Extension extension, double[] lag, double scale, Matrix field) {
        int points = variance.length;
        double[] next = extension.residual();
        double[] keep = new double[points];
        double[] fresh = new double[points];
        int width = extension.factor().length / points;
        int before = factor.length / points;
        for (int mu = 0; mu < points; mu++) {
            if (variance[mu] > 0) {
                double covariance = lag[mu];
                for (int k = 0; k < before; k++) {
                    covariance -= extension.factor()[mu * width + k] * factor[mu * before + k];
                }
                double bound = Math.sqrt(next[mu] / variance[mu]);
                keep[mu] = Math.max(-bound, Math.min(bound, covariance / variance[mu]));
            }
            fresh[mu] = Math.sqrt(Math.max(0, next[mu] - keep[mu] * keep[mu] * variance[mu]));
        }
        backend.scaleRows(keep, noise, noise);
        backend.addCoarseNoise(fresh, new long[] {seed}, stream, (long) step * points * noise.columns(), noise);
        backend.add(scale, noise, 1, field);
        variance = next;
        factor = extension.factor();
        step++;
    }

    @Override
    public void close() {
        noise.close();
    }
}

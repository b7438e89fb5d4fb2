package org.widthbench.core.solver;

import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.GramSchmidt;
import org.widthbench.core.linalg.GrowingRows;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.core.random.Sobol;

/**
 * The noise rows of one layer, those of {@code u} and of {@code r} together kept orthonormal, {@code E E^T / S = I}
 * ({@code docs/theory.md} 4.1): sample averages of linear functions of the noise are then exact. The first rows come from
 * scrambled Sobol points, since the first pivots carry most of the variance.
 */
final class NoiseBasis implements AutoCloseable {
    private static final int INITIAL_CAPACITY = 32;
    /**
     * Share of the samples' space already spanned above which Gram-Schmidt is run twice: new rows then lose more than half
     * of their norm to the projection, and rounding with it. Twice is enough at any share.
     */
    private static final double CROWDED = 0.5;

    private final Backend backend;
    private final int layer;
    private final long seed;
    private final int samples;
    private final double[][] leading;
    private final Part u;
    private final Part r;
    private final Part bias;

    /** @param layer 1..L, chooses the stream */
    NoiseBasis(Backend backend, int layer, CausalSolver settings) {
        this.backend = backend;
        this.layer = layer;
        this.seed = settings.seed();
        this.samples = settings.samples();
        // Samples of different layers never meet (they couple through averages alone), so one point set serves all.
        this.leading = leading(settings, Streams.scrambling(seed, layer));
        this.u = new Part();
        this.r = new Part();
        this.bias = new Part();
    }

    private static double[][] leading(CausalSolver settings, long scrambling) {
        if (settings.leadingRows() == 0) {
            return new double[settings.samples()][0];
        }
        return settings.scrambling() == CausalSolver.Scrambling.OWEN
                ? Sobol.owenScrambledPoints(settings.leadingRows(), settings.samples(), scrambling)
                : Sobol.points(settings.leadingRows(), settings.samples(), scrambling);
    }

    /** Rows that belong to {@code u}. */
    Part u() {
        return u;
    }

    /** Rows that belong to {@code r}. */
    Part r() {
        return r;
    }

    /** Rows of initial biases. */
    Part bias() {
        return bias;
    }

    /** The rows of one of the layer's processes. */
    final class Part {
        private final GrowingRows rows = new GrowingRows(backend, INITIAL_CAPACITY, samples);

        /** All rows so far, {@code (k, S)}. */
        Matrix rows() {
            return rows.filled();
        }

        /** How many. */
        int count() {
            return rows.count();
        }

        /** Draws {@code n} more rows, orthonormal to all rows of the layer. */
        void extend(int n, int step) {
            if (n == 0) {
                return;
            }
            int arrived = u.rows.count() + r.rows.count() + bias.rows.count();
            if (arrived + n > samples) {
                throw new SolverException("theory.samples: " + samples + " samples cannot carry the " + (arrived + n)
                        + " pivots that layer " + layer + " has at step " + step
                        + "; raise theory.samples, loosen theory.toleranceU and theory.toleranceR, or cap them by"
                        + " theory.maxPivots");
            }
            Matrix fresh = rows.append(n);
            drawRaw(fresh, arrived);
            int passes = arrived + n > CROWDED * samples ? 2 : 1;
            for (int pass = 0; pass < passes; pass++) {
                GramSchmidt.project(backend, fresh, rows.block(0, rows.count() - n));
                for (Part other : new Part[] {u, r, bias}) {
                    if (other != this) {
                        GramSchmidt.project(backend, fresh, other.rows());
                    }
                }
                normalize(fresh, step);
            }
        }
    }

    private void drawRaw(Matrix fresh, int arrived) {
        backend.normal(new long[] {seed}, Streams.basis(layer), (long) arrived * samples, fresh);
        double[] row = new double[samples];
        for (int i = 0; i < fresh.rows() && arrived + i < leading[0].length; i++) {
            for (int s = 0; s < samples; s++) {
                row[s] = NormalNoise.inverseCdf(leading[s][arrived + i]);
            }
            backend.upload(row, fresh.rows(i, 1));
        }
    }

    private void normalize(Matrix fresh, int step) {
        if (!GramSchmidt.normalize(backend, fresh)) {
            throw new SolverException("theory.samples: the noise rows of layer " + layer
                    + " became linearly dependent at step " + step + "; raise theory.samples (now " + samples + ")");
        }
    }

    @Override
    public void close() {
        u.rows.close();
        r.rows.close();
        bias.rows.close();
    }
}

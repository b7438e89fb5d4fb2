package org.widthbench.core.weights;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.GramSchmidt;
import org.widthbench.core.linalg.GrowingRows;
import org.widthbench.core.random.NormalNoise;

/**
 * The noise rows that live in some neurons, those of all processes together kept orthonormal, {@code E E^T / S = I}
 * ({@code docs/theory.md} 4.1): sample averages of linear functions of the noise are then exact. The first rows come from
 * scrambled Sobol points, since the first pivots carry most of the variance.
 */
public final class NoiseBasis implements AutoCloseable {
    private static final int INITIAL_CAPACITY = 32;
    /** Rows made at a time, used or not: every block reads all rows before it, so single rows would cost more than all products. */
    private static final int BLOCK = 16;
    /**
     * Share of the samples' space already spanned above which Gram-Schmidt is run twice: new rows then lose more than half
     * of their norm to the projection, and rounding with it. Twice is enough at any share.
     */
    private static final double CROWDED = 0.5;

    private final Backend backend;
    private final int layer;
    private final long seed;
    private final long stream;
    private final int samples;
    private final double[][] leading;
    private final List<Part> parts = new ArrayList<>();
    /** The last rows that were made, of which the first are handed out. */
    private final Matrix block;

    /** How many these are. */
    private int blockRows;

    private int made;
    private int handedOut;

    /**
     * @param layer what errors call it
     * @param stream noise stream; index = arrival x samples + sample
     * @param leading Sobol points of the first rows, {@code (S, rows)}
     */
    public NoiseBasis(Backend backend, int layer, long seed, long stream, double[][] leading) {
        this.backend = backend;
        this.layer = layer;
        this.seed = seed;
        this.stream = stream;
        this.samples = leading.length;
        this.leading = leading;
        this.block = backend.allocate(1, Math.min(BLOCK, samples), samples);
    }

    /** Room for the rows of one more process of these neurons. */
    public Part part() {
        Part part = new Part();
        parts.add(part);
        return part;
    }

    /** How many rows all processes have together. */
    public int rows() {
        return handedOut;
    }

    /** The rows of one process. */
    public final class Part {
        private final GrowingRows rows = new GrowingRows(backend, INITIAL_CAPACITY, samples);

        /** All rows so far, {@code (k, S)}. */
        public Matrix rows() {
            return rows.filled();
        }

        /** How many. */
        public int count() {
            return rows.count();
        }

        /** Draws {@code n} more rows, orthonormal to all rows of the layer. */
        public void extend(int n, int step) {
            if (handedOut + n > samples) {
                throw new SolverException("theory.samples: " + samples + " samples cannot carry the " + (handedOut + n)
                        + " pivots that layer " + layer + " has at step " + step
                        + "; raise theory.samples, loosen theory.toleranceU and theory.toleranceR, or cap them by"
                        + " theory.maxPivots");
            }
            for (int given = 0; given < n; ) {
                if (handedOut == made) {
                    make(n - given, step);
                }
                int now = Math.min(n - given, made - handedOut);
                int first = blockRows - (made - handedOut);
                backend.copy(block.rows(first, now), rows.append(now));
                handedOut += now;
                given += now;
            }
        }
    }

    /** A new block, of which at least some of the rows that are wanted; all before it have been handed out. */
    private void make(int wanted, int step) {
        int room = samples - made;
        // Rows that fill the space to the last are made only when they are asked for.
        blockRows = Math.min(block.rows(), Math.max(Math.min(wanted, room), room / 2));
        Matrix fresh = block.rows(0, blockRows);
        drawRaw(fresh, made);
        int passes = made + blockRows > CROWDED * samples ? 2 : 1;
        for (int pass = 0; pass < passes; pass++) {
            for (Part part : parts) {
                GramSchmidt.project(backend, fresh, part.rows());
            }
            if (!GramSchmidt.normalize(backend, fresh)) {
                throw new SolverException("theory.samples: the noise rows of layer " + layer
                        + " became linearly dependent at step " + step + "; raise theory.samples (now " + samples
                        + ")");
            }
        }
        made += blockRows;
    }

    private void drawRaw(Matrix fresh, int arrived) {
        backend.normal(new long[] {seed}, stream, (long) arrived * samples, fresh);
        double[] row = new double[samples];
        for (int i = 0; i < fresh.rows() && arrived + i < leading[0].length; i++) {
            for (int s = 0; s < samples; s++) {
                row[s] = NormalNoise.inverseCdf(leading[s][arrived + i]);
            }
            backend.upload(row, fresh.rows(i, 1));
        }
    }

    @Override
    public void close() {
        parts.forEach(part -> part.rows.close());
        block.close();
    }
}

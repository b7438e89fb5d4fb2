package org.widthbench.core.weights;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Shares {@code w_i = 1 + eps xi_i} of the neurons of every population in all averages over it, xi = +-1 with mean 0: a network of N
 * neurons as the bootstrap of itself ({@code docs/theory.md} 4.7). Fields are kept times {@code sqrt(w_i)}, so that averages look
 * as they always do. All runs follow the directions of the first.
 */
public final class Reweighting {
    private final Map<Integer, PivotLog> logs = new HashMap<>();
    private double eps;
    private long draw;

    /** The next run has these shares; eps = 0 is the run that others follow, and comes first. */
    public void begin(double newEps, long newDraw) {
        eps = newEps;
        draw = newDraw;
        logs.values().forEach(PivotLog::rewind);
    }

    /** {@code sqrt(w_i)} of a population. */
    double[] roots(int population, int neurons) {
        double[] roots = new double[neurons];
        int[] order = new int[neurons];
        Arrays.setAll(order, i -> i);
        Random random = new Random(31 * draw + population);
        for (int i = neurons - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        for (int i = 0; i < neurons; i++) {
            // An odd one out keeps its share.
            int xi = 2 * i + 1 == neurons ? 0 : 2 * i < neurons ? 1 : -1;
            roots[order[i]] = Math.sqrt(1 + eps * xi);
        }
        return roots;
    }

    PivotLog log(int layer, boolean features) {
        return logs.computeIfAbsent(2 * layer + (features ? 1 : 0), key -> new PivotLog());
    }

    /** Multiplies the columns of a matrix, repeated as often as it takes. */
    static void scaleColumns(Backend backend, double[] factors, Matrix matrix) {
        try (Matrix row = backend.allocateUnset(matrix.batch(), 1, matrix.columns())) {
            double[] all = new double[matrix.batch() * matrix.columns()];
            Arrays.setAll(all, j -> factors[j % factors.length]);
            backend.upload(all, row);
            for (int i = 0; i < matrix.rows(); i++) {
                backend.multiply(1, matrix.rows(i, 1), row, 0, matrix.rows(i, 1));
            }
        }
    }
}

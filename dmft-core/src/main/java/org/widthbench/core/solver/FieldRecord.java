package org.widthbench.core.solver;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.CoordinateHistory;
import org.widthbench.core.weights.Coordinates;

/**
 * One field of one layer at the recorded times, and its kernel. Of images the sums or means over pixels are kept. Coordinates leave
 * out what a tolerance allowed them to; blocks at equal times are measured on the fields themselves.
 */
final class FieldRecord implements AutoCloseable {
    private final Backend backend;
    private final int recorded;
    private final int rows;
    private final CoordinateHistory history;
    /** {@code (rows, rows pixels)}; null where fields have no pixels. */
    private final Matrix pooling;

    private final Map<Integer, double[]> equalTimes = new HashMap<>();

    /**
     * @param recorded number R of recorded times
     * @param rows kept at each time
     * @param pixels of an image, 1 of a fully connected network
     * @param weight of each pixel in the sum that is kept
     */
    FieldRecord(Backend backend, int recorded, int rows, int pixels, double weight) {
        this.backend = backend;
        this.recorded = recorded;
        this.rows = rows;
        this.history = new CoordinateHistory(backend, 1, recorded, rows);
        this.pooling = pixels == 1 ? null : backend.allocate(1, rows, rows * pixels);
        if (pooling != null) {
            double[] weights = new double[rows * rows * pixels];
            for (int mu = 0; mu < rows; mu++) {
                int first = (mu * rows + mu) * pixels;
                Arrays.fill(weights, first, first + pixels, weight);
            }
            backend.upload(weights, pooling);
        }
    }

    /**
     * Keeps the field of a recorded time.
     *
     * @param slot its number
     * @param coordinates the field as the weights know it
     */
    void put(int slot, Matrix field, Coordinates coordinates) {
        if (pooling == null) {
            history.put(slot, 0, coordinates);
            if (coordinates.rows() != field) {
                equalTimes.put(slot, backend.kernelBlock(1.0 / field.columns(), field, field));
            }
            return;
        }
        try (Matrix pooled = backend.allocateUnset(1, rows, field.columns())) {
            backend.gemm(1, pooling, false, field, false, 0, pooled);
            history.put(slot, 0, Coordinates.of(pooled));
        }
    }

    /** {@code (R,Q,R,Q)}. */
    Tensor kernel() {
        Tensor kernel = history.kernels().get(0);
        int side = recorded * rows;
        equalTimes.forEach((slot, block) -> {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(block, i * rows, kernel.data(), (slot * rows + i) * side + slot * rows, rows);
            }
        });
        return kernel;
    }

    @Override
    public void close() {
        history.close();
        if (pooling != null) {
            pooling.close();
        }
    }
}

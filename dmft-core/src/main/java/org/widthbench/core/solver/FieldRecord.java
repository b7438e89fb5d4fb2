package org.widthbench.core.solver;

import java.util.HashMap;
import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.CoordinateHistory;
import org.widthbench.core.weights.Coordinates;

/**
 * One field of one layer at the recorded times, and its kernel. Coordinates leave
 * out what a tolerance allowed them to; blocks at equal times are measured on the fields themselves.
 */
final class FieldRecord implements AutoCloseable {
    private final Backend backend;
    private final int recorded;
    private final int rows;
    private final CoordinateHistory history;
    private final Map<Integer, double[]> equalTimes = new HashMap<>();

    /**
     * @param recorded number R of recorded times
     * @param rows kept at each time
     */
    FieldRecord(Backend backend, int recorded, int rows) {
        this.backend = backend;
        this.recorded = recorded;
        this.rows = rows;
        this.history = new CoordinateHistory(backend, 1, recorded, rows);
    }

    /**
     * Keeps the field of a recorded time.
     *
     * @param slot its number
     * @param coordinates the field as the weights know it, of images the sum or mean over pixels
     */
    void put(int slot, Matrix field, Coordinates coordinates) {
        history.put(slot, 0, coordinates);
        if (coordinates.rows().columns() != field.columns()) {
            equalTimes.put(slot, backend.kernelBlock(1.0 / field.columns(), field, field));
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
    }
}

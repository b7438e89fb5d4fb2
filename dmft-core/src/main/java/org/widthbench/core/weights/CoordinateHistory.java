package org.widthbench.core.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * One field of one layer at all recorded times, in coordinates of which later times may have more, for networks side by side,
 * and the kernels that are made of it ({@code docs/theory.md} section 2).
 */
public final class CoordinateHistory implements AutoCloseable {
    private final Backend backend;
    private final int networks;
    private final int recorded;
    private final int rows;
    /** {@code (R rows, columns)}, zero where nothing was put. */
    private Matrix memory;

    private double norm = 1;

    /** @param rows fields at each time */
    public CoordinateHistory(Backend backend, int networks, int recorded, int rows) {
        this.backend = backend;
        this.networks = networks;
        this.recorded = recorded;
        this.rows = rows;
    }

    /**
     * Takes over fields of recorded time number {@code slot}.
     *
     * @param first row of the first of them
     */
    public void put(int slot, int first, Coordinates fields) {
        int columns = fields.rows().columns();
        norm = fields.norm();
        if (memory == null || memory.columns() < columns) {
            grow(columns);
        }
        if (columns > 0) {
            backend.copy(
                    fields.rows(),
                    memory.block(slot * rows + first, fields.rows().rows(), 0, columns));
        }
    }

    private void grow(int columns) {
        // The coordinates of a field of N neurons have N columns from the start; others double.
        int room = memory == null ? Math.max(1, columns) : Math.max(columns, 2 * memory.columns());
        Matrix larger = backend.allocate(networks, recorded * rows, room);
        if (memory != null) {
            backend.copy(memory, larger.block(0, recorded * rows, 0, memory.columns()));
            memory.close();
        }
        memory = larger;
    }

    /** The average over neurons of products of the field with itself, a {@code (R,rows,R,rows)} per network. */
    public List<Tensor> kernels() {
        int side = recorded * rows;
        int size = side * side;
        double[] values = backend.kernelBlock(1 / norm, memory, memory);
        List<Tensor> kernels = new ArrayList<>();
        for (int b = 0; b < networks; b++) {
            kernels.add(new Tensor(
                    new int[] {recorded, rows, recorded, rows}, Arrays.copyOfRange(values, b * size, (b + 1) * size)));
        }
        return kernels;
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
    }
}

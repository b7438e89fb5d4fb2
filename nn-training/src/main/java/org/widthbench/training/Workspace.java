package org.widthbench.training;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** The matrices of one training on a backend, freed together, also when one of them could not be had. */
final class Workspace implements AutoCloseable {
    private final Backend backend;
    private final int networks;
    private final List<Runnable> kept = new ArrayList<>();

    /** @param networks trained side by side: the batch of every matrix */
    Workspace(Backend backend, int networks) {
        this.backend = backend;
        this.networks = networks;
    }

    Backend backend() {
        return backend;
    }

    int networks() {
        return networks;
    }

    /** A zeroed {@code (rows, columns)} matrix per network. */
    Matrix allocate(int rows, int columns) {
        Matrix matrix = backend.allocate(networks, rows, columns);
        kept.add(matrix::close);
        return matrix;
    }

    /** The same {@code (rows, columns)} matrix for every network. */
    Matrix copies(double[] values, int rows, int columns) {
        Matrix matrix = allocate(rows, columns);
        double[] repeated = new double[Math.multiplyExact(networks, values.length)];
        for (int b = 0; b < networks; b++) {
            System.arraycopy(values, 0, repeated, b * values.length, values.length);
        }
        backend.upload(repeated, matrix);
        return matrix;
    }

    /** Something else to be freed with the matrices. */
    void atEnd(Runnable free) {
        kept.add(free);
    }

    @Override
    public void close() {
        kept.forEach(Runnable::run);
    }
}

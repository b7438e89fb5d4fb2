package org.widthbench.training.family;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** Matrices of a backend that are freed together. */
final class Matrices implements AutoCloseable {
    private final Backend backend;
    private final List<Matrix> held = new ArrayList<>();

    Matrices(Backend backend) {
        this.backend = backend;
    }

    Backend backend() {
        return backend;
    }

    /** A zeroed matrix. */
    Matrix zeros(int rows, int columns) {
        Matrix matrix = backend.allocate(1, rows, columns);
        held.add(matrix);
        return matrix;
    }

    /** One zeroed matrix of so many rows per layer. */
    Matrix[] zeros(int layers, int rows, int columns) {
        Matrix[] all = new Matrix[layers];
        for (int l = 0; l < layers; l++) {
            all[l] = zeros(rows, columns);
        }
        return all;
    }

    @Override
    public void close() {
        held.forEach(Matrix::close);
        held.clear();
    }
}

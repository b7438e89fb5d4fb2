package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.SampledProcess;

/**
 * The weights {@code w_c} of the read-out, which averages over pixels: one row of noise per output makes {@code r^L}, their trained
 * part the memory of {@code z^L}.
 */
final class ReadoutWeights implements AutoCloseable {
    private final Backend backend;
    private final SampledProcess process;
    private final int rows;
    private final int outputs;
    private final double share;
    private final LearnedRows trained;
    /** {@code (Q pixels C, C)}: row (mu, a, c) reads weight c. */
    private final double[] tiles;
    /** {@code r^L}, the same at all times. */
    private final Matrix initial;

    /**
     * @param process r^L; closed with this
     * @param rows of the features, Q pixels
     * @param pixels of an image, 1 of a fully connected network
     */
    ReadoutWeights(
            Backend backend,
            Training training,
            SampledProcess process,
            int rows,
            int outputs,
            int pixels,
            int samples) {
        this.backend = backend;
        this.process = process;
        this.rows = rows;
        this.outputs = outputs;
        this.share = 1.0 / pixels;
        this.tiles = new double[rows * outputs * outputs];
        for (int row = 0; row < rows * outputs; row++) {
            tiles[row * outputs + row % outputs] = share;
        }
        this.trained = new LearnedRows(backend, training, outputs, rows * outputs, rows, samples);
        trained.read(tiles);
        this.initial = backend.allocate(1, rows * outputs, samples);
    }

    /** {@code r^L}. */
    SampledProcess process() {
        return process;
    }

    /** {@code z^L = w} and its free companion {@code c w(0)}, per row and output. */
    void backward(int step, double decay, Field z) {
        if (step == 0) {
            process.drawSpanned(tiles, initial);
        }
        backend.add(decay, initial, 0, z.free());
        backend.copy(z.free(), z.value());
        trained.addTo(1, z.value());
    }

    /**
     * {@code w_c += sum drive_c phi}.
     *
     * @param drive {@code a b Delta}, one per row of g^L
     * @param features {@code phi^L}
     */
    void learn(int step, double[] drive, Matrix features) {
        double[] coefficients = new double[outputs * rows];
        for (int row = 0; row < drive.length; row++) {
            coefficients[row % outputs * rows + row / outputs] = share * drive[row];
        }
        trained.learn(step, coefficients, features);
    }

    @Override
    public void close() {
        process.close();
        trained.close();
        initial.close();
    }
}

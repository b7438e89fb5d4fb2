package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** The weights {@code w_c} of the read-out: one row of noise per output is {@code r^L}, their trained part the memory of {@code z^L}. */
final class ReadoutWeights implements AutoCloseable {
    private final int points;
    private final int outputs;
    private final LearnedRows trained;
    /** {@code (Q C, C)}: row (mu, c) reads weight c. */
    private final double[] tiles;

    ReadoutWeights(Backend backend, Training training, int points, int outputs, int samples) {
        this.points = points;
        this.outputs = outputs;
        this.tiles = new double[points * outputs * outputs];
        for (int row = 0; row < points * outputs; row++) {
            tiles[row * outputs + row % outputs] = 1;
        }
        this.trained = new LearnedRows(backend, training, outputs, points * outputs, points, samples);
        trained.read(tiles);
    }

    /** {@code r^L}, the same at all times. */
    void draw(int step, SampledProcess process, Matrix r) {
        if (step == 0) {
            process.drawSpanned(step, tiles, r);
        }
    }

    /** {@code z^L += w - w(0)}, per point and output. */
    void addTo(Matrix z) {
        trained.addTo(z);
    }

    /**
     * {@code w_c += sum drive_c phi}.
     *
     * @param drive {@code a b Delta (Q, C)}
     * @param features {@code phi^L (Q, S)}
     */
    void learn(int step, double[] drive, Matrix features) {
        double[] coefficients = new double[outputs * points];
        for (int row = 0; row < drive.length; row++) {
            coefficients[row % outputs * points + row / outputs] = drive[row];
        }
        trained.learn(step, coefficients, features);
    }

    @Override
    public void close() {
        trained.close();
    }
}

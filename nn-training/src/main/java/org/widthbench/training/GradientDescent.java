package org.widthbench.training;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.Training;
import org.widthbench.core.problem.Problem;

/**
 * Moves the weights of an {@link Mlp}: {@code docs/theory.md} sections 1 and 3. With {@code a = gamma0 eta / P} and the
 * weighted residuals {@code b Delta} of the points in the batch, the descent directions times eta are
 *
 * <pre>
 * W^0: a (g^1 b Delta) x^T / sqrt(D)    W^l: a (g^{l+1} b Delta) phi(h^l)^T / sqrt(N)    w: a phi(h^L) b Delta
 * </pre>
 *
 * and the optimizer is {@code v = m v + grad - lambda W}, {@code W += eta rho v}. What is stored is {@code eta v}.
 */
final class GradientDescent implements AutoCloseable {
    private final Mlp network;
    private final Panels panels;
    private final int batch;
    private final double scale;
    private final double momentum;
    private final double decay;
    /** {@code a g^l b Delta}, {@code (B, N)}, one layer at a time. */
    private final NativeMatrix weighted;

    private final INDArray[] weightedPanels;
    /** What the layer reads, points of the batch only, {@code (B, D)} and {@code (B, N)}; null if the batch is everything. */
    private final NativeMatrix selectedInputs;

    private final NativeMatrix selectedFeatures;
    /** {@code eta v} of the layers; empty without momentum. */
    private final NativeMatrix[] velocities;

    private final double[] readoutVelocity;

    GradientDescent(Problem problem, Mlp network, int batchSize) {
        Training training = problem.training();
        Precision precision = network.precision();
        this.network = network;
        this.panels = network.panels();
        this.batch = batchSize;
        this.scale = problem.updateScale();
        this.momentum = training.momentum();
        this.decay = training.eta() * training.weightDecay();
        this.weighted = NativeMatrix.allocate(precision, batch, network.width());
        this.weightedPanels = panels.views(weighted);
        boolean everything = batch == network.points();
        this.selectedInputs = everything
                ? null
                : NativeMatrix.allocate(precision, batch, network.below(0).columns());
        this.selectedFeatures = everything ? null : NativeMatrix.allocate(precision, batch, network.width());
        this.velocities = new NativeMatrix[momentum > 0 ? network.depth() : 0];
        Arrays.setAll(
                velocities,
                l -> NativeMatrix.zeros(precision, network.weights(l).rows(), network.width()));
        this.readoutVelocity = new double[network.width()];
    }

    /**
     * One step from the fields that the network holds.
     *
     * @param selection the points in the batch
     * @param residuals {@code b_mu Delta_mu} of these points
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    void step(int[] selection, double[] residuals, double rate) {
        for (int l = 0; l < network.depth(); l++) {
            NativeMatrix below = selected(l, selection);
            weigh(network.batchGradients(l), residuals);
            move(l, below, 1 / Math.sqrt(below.columns()), rate);
        }
        moveReadout(selection, residuals, rate);
    }

    /** Rows of what layer l reads. */
    private NativeMatrix selected(int l, int[] selection) {
        NativeMatrix all = network.below(l);
        if (selectedInputs == null) {
            return all;
        }
        NativeMatrix some = l == 0 ? selectedInputs : selectedFeatures;
        int rows = all.rows();
        all.toHost();
        Panels.of(all.columns()).forEach(panel -> {
            double[] column = new double[rows];
            double[] kept = new double[batch];
            Panels columns = Panels.of(all.columns());
            for (int j = columns.from(panel); j < columns.to(panel); j++) {
                all.read((long) j * rows, column, 0, rows);
                for (int b = 0; b < batch; b++) {
                    kept[b] = column[selection[b]];
                }
                some.write((long) j * batch, kept, 0, batch);
            }
        });
        some.fromHost();
        return some;
    }

    private void weigh(NativeMatrix g, double[] residuals) {
        g.toHost();
        panels.forEach(panel -> {
            int count = panels.size(panel) * batch;
            double[] value = Scratch.VALUE.of(count);
            long first = (long) panels.from(panel) * batch;
            g.read(first, value, 0, count);
            for (int i = 0; i < count; i += batch) {
                for (int b = 0; b < batch; b++) {
                    value[i + b] *= scale * residuals[b];
                }
            }
            weighted.write(first, value, 0, count);
        });
        weighted.fromHost();
    }

    private void move(int l, NativeMatrix below, double factor, double rate) {
        INDArray[] weights = network.weightPanels(l);
        if (momentum == 0) {
            panels.forEach(panel -> Nd4j.gemm(
                    below.array(),
                    weightedPanels[panel],
                    weights[panel],
                    true,
                    false,
                    rate * factor,
                    1 - rate * decay));
            return;
        }
        INDArray[] velocity = panels.views(velocities[l]);
        panels.forEach(panel -> {
            Nd4j.gemm(below.array(), weightedPanels[panel], velocity[panel], true, false, factor, momentum);
            if (decay > 0) {
                add(-decay, weights[panel], velocity[panel]);
            }
            add(rate, velocity[panel], weights[panel]);
        });
    }

    /** {@code to += factor from}. */
    private static void add(double factor, INDArray from, INDArray to) {
        Nd4j.getBlasWrapper().level1().axpy(from.length(), factor, from, to);
    }

    private void moveReadout(int[] selection, double[] residuals, double rate) {
        int points = network.points();
        double[] w = network.readout();
        double[] phi = new double[points];
        NativeMatrix features = network.features(network.depth() - 1);
        features.toHost();
        for (int i = 0; i < w.length; i++) {
            features.read((long) i * points, phi, 0, points);
            double gradient = 0;
            for (int b = 0; b < batch; b++) {
                gradient += scale * residuals[b] * phi[selection[b]];
            }
            readoutVelocity[i] = momentum * readoutVelocity[i] + gradient - decay * w[i];
            w[i] += rate * readoutVelocity[i];
        }
    }

    @Override
    public void close() {
        weighted.close();
        if (selectedInputs != null) {
            selectedInputs.close();
            selectedFeatures.close();
        }
        Arrays.stream(velocities).forEach(NativeMatrix::close);
    }
}

package org.widthbench.training;

import java.util.Arrays;
import org.widthbench.core.Problem;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Moves the weights of {@link BackendMlp}s; the same equations as {@link GradientDescent}, {@code docs/theory.md} sections
 * 1 and 3.
 */
final class BackendDescent {
    private final BackendMlp network;
    private final Backend backend;
    private final double scale;
    private final double momentum;
    private final double decay;
    private final Matrix weighted;
    private final Matrix selectedInputs;
    private final Matrix selectedFeatures;
    /** What the read-out reads, a row per point. */
    private final Matrix selectedTop;
    /** {@code a b Delta}, {@code (C, batch)}. */
    private final Matrix drive;
    /** A row of ones, {@code (1, batch C)}. */
    private final Matrix ones;
    /** {@code eta v} of the layers, the read-out and the biases; empty without momentum. */
    private final Matrix[] velocities;

    BackendDescent(Problem problem, BackendMlp network, int batch, Workspace workspace) {
        Training training = problem.training();
        this.network = network;
        this.backend = workspace.backend();
        this.scale = problem.updateScale();
        this.momentum = training.momentum();
        this.decay = training.eta() * training.weightDecay();
        int outputs = network.outputCount();
        int rows = batch * outputs;
        this.weighted = workspace.allocate(rows, network.width());
        this.selectedInputs = workspace.allocate(rows, network.below(0).columns());
        this.selectedFeatures = workspace.allocate(rows, network.width());
        this.selectedTop = outputs == 1 ? selectedFeatures : workspace.allocate(batch, network.width());
        this.drive = workspace.allocate(outputs, batch);
        double[] one = new double[rows];
        Arrays.fill(one, 1);
        this.ones = workspace.copies(one, 1, rows);
        int biases = network.hasBias() ? network.depth() : 0;
        this.velocities = new Matrix[momentum > 0 ? network.depth() + 1 + biases : 0];
        for (int l = 0; l < velocities.length; l++) {
            Matrix like = weights(l);
            velocities[l] = workspace.allocate(like.rows(), like.columns());
        }
    }

    /** Layers from 0, then the read-out, then the biases. */
    private Matrix weights(int layer) {
        if (layer > network.depth()) {
            return network.bias(layer - network.depth() - 1);
        }
        return layer == network.depth() ? network.readout() : network.weights(layer);
    }

    /**
     * One step from the fields that the networks hold.
     *
     * @param selection the points in the batch
     * @param residuals {@code b_mu Delta_mu} of these points, {@code (networks, batch, C)}
     * @param gradients their backward fields
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    void step(int[] selection, double[] residuals, BackendMlp.Backward gradients, double rate) {
        double[] scaled = new double[residuals.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = scale * residuals[i];
        }
        backend.upload(perOutput(scaled, selection.length), drive);
        int[] rows = network.perOutput(selection);
        // From the top down: a layer's update reads the fields below it, which no update changes.
        for (int l = network.depth(); l >= 0; l--) {
            if (l == network.depth()) {
                move(l, drive, false, network.rowsOf(network.below(l), selection, selectedTop), 1, rate);
            } else {
                Matrix below = network.rowsOf(network.below(l), rows, l == 0 ? selectedInputs : selectedFeatures);
                backend.scaleRows(scaled, gradients.gradients(l), weighted);
                move(l, weighted, true, below, 1 / Math.sqrt(below.columns()), rate);
                if (network.hasBias()) {
                    move(network.depth() + 1 + l, ones, false, weighted, 1, rate);
                }
            }
        }
    }

    /** {@code (networks, C, batch)} from {@code (networks, batch, C)}. */
    private double[] perOutput(double[] values, int batch) {
        int outputs = network.outputCount();
        double[] transposed = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int one = i / (batch * outputs);
            transposed[(one * outputs + i % outputs) * batch + i / outputs % batch] = values[i];
        }
        return transposed;
    }

    /** The gradient times eta is {@code factor op(left) below}. */
    private void move(int l, Matrix left, boolean transpose, Matrix below, double factor, double rate) {
        Matrix target = weights(l);
        if (momentum == 0) {
            backend.gemm(rate * factor, left, transpose, below, false, 1 - rate * decay, target);
            return;
        }
        backend.gemm(factor, left, transpose, below, false, momentum, velocities[l]);
        if (decay > 0) {
            backend.add(-decay, target, 1, velocities[l]);
        }
        backend.add(rate, velocities[l], 1, target);
    }
}

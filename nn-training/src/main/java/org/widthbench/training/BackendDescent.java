package org.widthbench.training;

import java.util.Arrays;
import org.widthbench.core.Problem;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.LinearOptimizer;

/**
 * Moves the weights of {@link BackendMlp}s; the same equations as {@link GradientDescent}, {@code docs/theory.md} sections
 * 1 and 3.
 */
final class BackendDescent {
    private final BackendMlp network;
    private final Backend backend;
    private final LinearOptimizer optimizer;
    private final double scale;
    /** What the read-out reads, a row per point. */
    private final Matrix selectedTop;
    /** {@code a b Delta}, {@code (C, batch)}. */
    private final Matrix drive;
    /** {@code a b Delta g^l}, and a row of ones, {@code (1, batch C)}: null without biases. */
    private final Matrix driven;

    private final Matrix ones;
    /** {@code eta v} of the read-out and the biases; null without momentum. */
    private final Matrix readoutVelocity;

    private final Matrix[] biasVelocities;

    BackendDescent(Problem problem, BackendMlp network, int batch, Workspace workspace) {
        this.network = network;
        this.backend = workspace.backend();
        this.optimizer = LinearOptimizer.of(problem.training());
        this.scale = problem.updateScale();
        int outputs = network.outputCount();
        int rows = batch * outputs;
        this.selectedTop = workspace.allocate(batch, network.width());
        this.drive = workspace.allocate(outputs, batch);
        boolean moves = optimizer.hasVelocity();
        this.readoutVelocity = moves ? workspace.allocate(outputs, network.width()) : null;
        this.biasVelocities = new Matrix[network.hasBias() ? network.depth() : 0];
        for (int l = 0; moves && l < biasVelocities.length; l++) {
            biasVelocities[l] = workspace.allocate(1, network.width());
        }
        this.driven = network.hasBias() ? workspace.allocate(rows, network.width()) : null;
        double[] one = new double[rows];
        Arrays.fill(one, 1);
        this.ones = network.hasBias() ? workspace.copies(one, 1, rows) : null;
    }

    /**
     * One step from the fields that the networks hold.
     *
     * @param selection the points in the batch
     * @param residuals {@code b_mu Delta_mu} of these points, {@code (networks, batch, C)}
     * @param gradients their backward fields, of the last backward pass
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    void step(int[] selection, double[] residuals, BackendMlp.Backward gradients, double rate) {
        double[] scaled = new double[residuals.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = scale * residuals[i];
        }
        int[] rows = network.perOutput(selection);
        for (int l = 0; l < network.depth(); l++) {
            network.weights(l).learn(rows, scaled, rate);
            if (network.hasBias()) {
                backend.scaleRows(scaled, gradients.gradients(l), driven);
                optimizer.step(backend, rate, 1, ones, false, driven, biasVelocities[l], network.bias(l));
            }
        }
        backend.upload(perOutput(scaled, selection.length), drive);
        Matrix top = network.rowsOf(network.features(network.depth() - 1), selection, selectedTop);
        optimizer.step(backend, rate, 1, drive, false, top, readoutVelocity, network.readout());
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
}

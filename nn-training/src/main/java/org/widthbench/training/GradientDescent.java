package org.widthbench.training;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.Problem;
import org.widthbench.core.Training;

/**
 * Moves the weights of an {@link Mlp}: {@code docs/theory.md} sections 1 and 3. With {@code a = gamma0 eta / P} and the
 * weighted residuals {@code b Delta} of the training points, the descent directions times eta are
 *
 * <pre>
 * W^0: a (g^1 b Delta) x^T / sqrt(D)    W^l: a (g^{l+1} b Delta) phi(h^l)^T / sqrt(N)    w: a phi(h^L) b Delta
 * </pre>
 *
 * and the optimizer is {@code v = m v + grad - lambda W}, {@code W += eta v}. What is stored is {@code eta v}.
 */
final class GradientDescent implements AutoCloseable {
    private final Mlp network;
    private final int trained;
    private final double scale;
    private final double momentum;
    private final double decay;
    /** {@code g^l b Delta a}, {@code (N, P)}, one layer at a time. */
    private final INDArray weighted;
    /** {@code eta v} of the layers; empty without momentum. */
    private final INDArray[] velocities;

    private final double[] readoutVelocity;

    GradientDescent(Problem problem, Mlp network) {
        Training training = problem.training();
        this.network = network;
        this.trained = problem.trainingPoints();
        this.scale = problem.updateScale();
        this.momentum = training.momentum();
        this.decay = training.eta() * training.weightDecay();
        this.weighted = NativeMemory.allocate(network.precision(), network.width(), trained);
        this.velocities = new INDArray[momentum > 0 ? network.depth() : 0];
        for (int l = 0; l < velocities.length; l++) {
            velocities[l] =
                    NativeMemory.zeros(network.precision(), network.weights(l).rows(), network.width());
        }
        this.readoutVelocity = new double[network.width()];
    }

    /**
     * One step from the fields that the network holds.
     *
     * @param residuals {@code b_mu Delta_mu} of the P training points
     */
    void step(double[] residuals) {
        for (int l = 0; l < network.depth(); l++) {
            INDArray below = l == 0 ? network.inputs() : network.features(l - 1);
            weight(network.gradients(l), residuals);
            move(l, Mlp.firstColumns(below, trained), 1 / Math.sqrt(below.rows()));
        }
        moveReadout(residuals);
    }

    private void weight(INDArray g, double[] residuals) {
        int width = network.width();
        NativeMemory.toHost(g);
        NativeMemory.forEachSegment(width, trained, (mu, from, count) -> {
            long at = (long) mu * width + from;
            double factor = scale * residuals[mu];
            double[] value = new double[count];
            NativeMemory.read(g, at, value, count);
            for (int i = 0; i < count; i++) {
                value[i] *= factor;
            }
            NativeMemory.write(value, weighted, at, count);
        });
        NativeMemory.fromHost(weighted);
    }

    private void move(int l, INDArray below, double factor) {
        INDArray weights = network.weights(l);
        if (momentum == 0) {
            Nd4j.gemm(below, weighted, weights, false, true, factor, 1 - decay);
            return;
        }
        INDArray velocity = velocities[l];
        Nd4j.gemm(below, weighted, velocity, false, true, factor, momentum);
        if (decay > 0) {
            Nd4j.getBlasWrapper().level1().axpy(velocity.length(), -decay, weights, velocity);
        }
        weights.addi(velocity);
    }

    private void moveReadout(double[] residuals) {
        int width = network.width();
        double[] w = network.readout();
        double[] gradient = new double[width];
        double[] phi = new double[width];
        INDArray features = network.features(network.depth() - 1);
        NativeMemory.toHost(features);
        for (int mu = 0; mu < trained; mu++) {
            NativeMemory.read(features, (long) mu * width, phi, width);
            for (int i = 0; i < width; i++) {
                gradient[i] += scale * residuals[mu] * phi[i];
            }
        }
        for (int i = 0; i < width; i++) {
            readoutVelocity[i] = momentum * readoutVelocity[i] + gradient[i] - decay * w[i];
            w[i] += readoutVelocity[i];
        }
    }

    @Override
    public void close() {
        weighted.close();
        Arrays.stream(velocities).forEach(INDArray::close);
    }
}

package org.widthbench.training;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.problem.Problem;

/**
 * Moves the weights of a {@link Cnn}, {@code docs/theory.md} section 6: {@code W^l_d += a s_l sum_{mu,a} b_mu Delta_mu
 * g^{l+1}_{mu,a} phi^l_{mu,a+d}}, {@code w += a sum_mu b_mu Delta_mu mean_pixels phi(h^L_mu)}, through the optimizer {@code
 * v = m v + grad - lambda W}, {@code W += eta rho v}. What is stored is {@code eta v}.
 */
final class CnnDescent implements AutoCloseable {
    private final Cnn network;
    private final double scale;
    private final double momentum;
    private final double decay;
    /** {@code eta v}; between steps, {@code m} times it is what the gradients of the next batch are added to. */
    private final NativeMatrix[] velocities;

    private final double[] readoutVelocity;

    CnnDescent(Problem problem, Cnn network) {
        Training training = problem.training();
        this.network = network;
        this.scale = problem.updateScale();
        LinearOptimizer optimizer = LinearOptimizer.of(training);
        this.momentum = optimizer.momentum();
        this.decay = optimizer.decay();
        this.velocities = new NativeMatrix[network.depth()];
        Arrays.setAll(
                velocities,
                l -> NativeMatrix.zeros(network.precision(), network.weights(l).rows(), network.channels()));
        this.readoutVelocity = new double[network.channels()];
    }

    /**
     * Adds the gradient of some images of the batch.
     *
     * @param fields after {@link CnnFields#forward}
     * @param residuals {@code b_mu Delta_mu} of the images held, 0 for those that are not in the batch
     */
    void accumulate(CnnFields fields, double... residuals) {
        double[] weights = new double[residuals.length];
        for (int b = 0; b < residuals.length; b++) {
            weights[b] = scale * residuals[b];
            double[] pooled = weights[b] == 0 ? new double[0] : fields.pooledFeatures(network.depth() - 1, b);
            for (int i = 0; i < pooled.length; i++) {
                readoutVelocity[i] += weights[b] * pooled[i];
            }
        }
        fields.backward(weights);
        for (int l = 0; l < network.depth(); l++) {
            add(network.factor(l), fields.weightGradients(l).array(), velocities[l].array());
        }
    }

    /**
     * Moves the weights once the whole batch is in.
     *
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    void step(double rate) {
        for (int l = 0; l < network.depth(); l++) {
            INDArray weights = network.weights(l).array();
            INDArray velocity = velocities[l].array();
            if (decay > 0) {
                add(-decay, weights, velocity);
            }
            add(rate, velocity, weights);
            velocity.muli(momentum);
        }
        double[] w = network.readout();
        for (int i = 0; i < w.length; i++) {
            readoutVelocity[i] -= decay * w[i];
            w[i] += rate * readoutVelocity[i];
            readoutVelocity[i] *= momentum;
        }
    }

    /** Copies of all that a step changes, {@link #restore}'s argument: weights, then velocities. */
    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (int l = 0; l < network.depth(); l++) {
            state.put("weights_" + l, network.weights(l).copy());
            state.put("velocity_" + l, velocities[l].copy());
        }
        state.put("readout", Tensor.vector(network.readout().clone()));
        state.put("readoutVelocity", Tensor.vector(readoutVelocity.clone()));
        return state;
    }

    /** Goes back to what {@link #state} told. */
    void restore(Map<String, Tensor> state) {
        for (int l = 0; l < network.depth(); l++) {
            network.weights(l).fill(state.get("weights_" + l));
            velocities[l].fill(state.get("velocity_" + l));
        }
        System.arraycopy(state.get("readout").data(), 0, network.readout(), 0, network.channels());
        System.arraycopy(state.get("readoutVelocity").data(), 0, readoutVelocity, 0, network.channels());
    }

    /** {@code to += factor from}. */
    private static void add(double factor, INDArray from, INDArray to) {
        Nd4j.getBlasWrapper().level1().axpy(from.length(), factor, from, to);
    }

    @Override
    public void close() {
        Arrays.stream(velocities).forEach(NativeMatrix::close);
    }
}

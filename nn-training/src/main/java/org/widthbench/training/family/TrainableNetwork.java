package org.widthbench.training.family;

import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.training.stream.Samples;

/**
 * One network in training, mean-field parameterized as in {@code docs/theory.md} sections 1 and 6. Predictions are centred:
 * the output minus that of the same network at initialization. The loss of B samples is
 * {@code (1/2B) sum (y - f)^2}; what is reported is {@code (1/B) sum (y - f)^2}.
 *
 * <p>Gradients and Hessians are those of this loss with respect to all weights, times {@code gamma0^2 N}: in these units
 * gradient descent moves by {@code eta} and is stable up to a sharpness of {@code 2 / eta} at every width. Not thread-safe.
 */
public interface TrainableNetwork extends AutoCloseable {

    /** Number N of neurons or channels per hidden layer. */
    int width();

    /** Number L of hidden layers. */
    int depth();

    /** Number of weights. */
    int parameterCount();

    /** All weights, first layer first, read-out last; within a layer in the order of {@link org.widthbench.core.InitialWeights}. */
    double[] parameters();

    /** Sets all weights; predictions stay centred on the network at initialization. */
    void setParameters(double[] parameters);

    /** Centred predictions, {@code (B)}. */
    double[] predict(Tensor inputs);

    /**
     * One step of gradient descent, {@code W -= eta gamma0^2 N dloss/dW}.
     *
     * @return the batch's loss {@code (1/B) sum (y - f)^2} before the step
     */
    double descend(Samples batch, double eta);

    /** {@code gamma0^2 N dloss/dW}, in the order of {@link #parameters}. */
    double[] gradient(Samples samples);

    /** {@code gamma0^2 N (d^2 loss / dW dW) direction}, exact to rounding, in the order of {@link #parameters}. */
    double[] hessianTimes(Samples samples, double[] direction);

    /** Kernels between B inputs. */
    KernelSnapshot kernels(Tensor inputs);

    /**
     * {@code h^l} of every input, site (pixel) and neuron.
     *
     * @return one array per layer, length {@code B * sites * N}
     */
    List<double[]> preactivations(Tensor inputs);

    @Override
    void close();
}

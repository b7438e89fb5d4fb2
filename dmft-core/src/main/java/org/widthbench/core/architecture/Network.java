package org.widthbench.core.architecture;

import org.widthbench.core.InvalidInputException;
import org.widthbench.core.activation.Activation;

/**
 * A network family, width left open.
 *
 * @param architecture what connects its layers
 * @param depth number of hidden layers, of blocks in a residual network, at least 1
 * @param activation elementwise nonlinearity phi
 * @param bias whether every hidden neuron has a trainable bias, standard normal at the start
 */
public record Network(Architecture architecture, int depth, Activation activation, boolean bias) {
    /** Ten times the deepest networks that anybody trained; every layer is an object of its own here. */
    public static final int MOST_LAYERS = 10_000;

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public Network {
        InvalidInputException.requireCount("network.depth", depth, MOST_LAYERS);
        InvalidInputException.require(
                !bias || architecture.takesBias(),
                "network.bias",
                bias,
                "false for a " + (architecture.residual().exists() ? "residual network" : architecture.word()));
    }

    /** The same network with or without trainable biases. */
    public Network withBias(boolean biased) {
        return new Network(architecture, depth, activation, biased);
    }

    /** Number L of hidden layers. */
    public int layers() {
        return architecture.layers(depth);
    }

    /** A fully connected network. */
    public static Network mlp(int depth, Activation activation) {
        return new Network(Mlp.PLAIN, depth, activation, false);
    }

    /** A convolutional network. */
    public static Network cnn(int depth, Activation activation, int kernel) {
        return new Network(new Cnn(kernel), depth, activation, false);
    }
}

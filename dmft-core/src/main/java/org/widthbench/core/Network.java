package org.widthbench.core;

import org.widthbench.core.activation.Activation;

/**
 * A network family, width left open.
 *
 * @param architecture fully connected or convolutional
 * @param depth number L of hidden layers, at least 1
 * @param activation elementwise nonlinearity phi
 * @param kernel filter size k of a CNN (k x k, odd); ignored by an MLP
 * @param bias whether every hidden neuron has a trainable bias, standard normal at the start; MLP only
 */
public record Network(Architecture architecture, int depth, Activation activation, int kernel, boolean bias) {
    /** Ten times the deepest networks that anybody trained; every layer is an object of its own here. */
    public static final int MOST_LAYERS = 10_000;
    /** Twice the side of the largest images in use: farther out a filter sees padding only. Its square is counted in an int. */
    public static final int MOST_FILTER = 1023;

    /** What connects one layer to the next. */
    public enum Architecture {
        /** Fully connected layers, {@code docs/theory.md} section 1. */
        MLP,
        /** k x k SAME convolutions and a global average pool, {@code docs/theory.md} section 6. */
        CNN
    }

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public Network {
        InvalidInputException.requireCount("network.depth", depth, MOST_LAYERS);
        InvalidInputException.require(
                architecture == Architecture.MLP || (kernel >= 1 && kernel <= MOST_FILTER && kernel % 2 == 1),
                "network.kernel",
                kernel,
                kernel <= MOST_FILTER ? "an odd whole number >= 1" : "an odd whole number in 1.." + MOST_FILTER);
        InvalidInputException.require(
                !bias || architecture == Architecture.MLP, "network.bias", bias, "false for a cnn");
    }

    /** A network without biases. */
    public Network(Architecture architecture, int depth, Activation activation, int kernel) {
        this(architecture, depth, activation, kernel, false);
    }

    /** The same network with or without trainable biases. */
    public Network withBias(boolean biased) {
        return new Network(architecture, depth, activation, kernel, biased);
    }

    /** A fully connected network. */
    public static Network mlp(int depth, Activation activation) {
        return new Network(Architecture.MLP, depth, activation, 1);
    }
}

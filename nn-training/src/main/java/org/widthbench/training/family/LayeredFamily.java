package org.widthbench.training.family;

import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.backend.Backend;

/**
 * MLPs and CNNs: layers of one linear map and one activation.
 *
 * @param network architecture, depth, activation
 * @param gamma0 feature-learning strength, {@code > 0}
 * @param sample shape of one input: {@code (D)} for an MLP, {@code (height, width, channels)} for a CNN
 * @param backend computes; not closed by the networks
 */
public record LayeredFamily(Network network, double gamma0, int[] sample, Backend backend) implements NetworkFamily {

    /** @throws InvalidInputException if the samples do not fit the architecture */
    public LayeredFamily {
        sample = sample.clone();
        boolean cnn = network.architecture().takesImages();
        InvalidInputException.require(
                sample.length == (cnn ? 3 : 1),
                "network.architecture",
                cnn ? "cnn" : "mlp",
                cnn ? "mlp for samples that are vectors" : "cnn for samples that are images");
        InvalidInputException.require(gamma0 > 0, "training.gamma0", gamma0, "a number > 0");
    }

    /** Shape of one input; the caller owns the copy. */
    @Override
    public int[] sample() {
        return sample.clone();
    }

    @Override
    public TrainableNetwork create(int width, long seed) {
        InvalidInputException.require(width >= 1, "width", width, "a whole number >= 1");
        return new LayeredNetwork(this, width, seed);
    }

    /** Pixels of an input: 1 for an MLP. */
    int sites() {
        return sample.length == 1 ? 1 : sample[0] * sample[1];
    }

    /** What the first layer reads at a pixel. */
    int channels() {
        return sample[sample.length - 1];
    }

    /** Filter size: 1 for an MLP. */
    int kernel() {
        return sample.length == 1 ? 1 : network.architecture().kernel();
    }

    /** What a layer (from 0) of a network of some width reads: {@code k^2} times the channels below. */
    int fanIn(int layer, int width) {
        return kernel() * kernel() * (layer == 0 ? channels() : width);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayeredFamily that
                && network.equals(that.network)
                && gamma0 == that.gamma0
                && java.util.Arrays.equals(sample, that.sample)
                && backend == that.backend;
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(network, gamma0, java.util.Arrays.hashCode(sample));
    }
}

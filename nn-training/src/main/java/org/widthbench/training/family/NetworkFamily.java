package org.widthbench.training.family;

import java.util.Arrays;
import java.util.Objects;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;

/**
 * Networks of one architecture at every width.
 *
 * @param network architecture, depth, activation
 * @param gamma0 feature-learning strength, {@code > 0}
 * @param sample shape of one input: {@code (D)}, or {@code (height, width, channels)} of an image
 * @param backend computes; not closed by the networks
 */
public record NetworkFamily(Network network, double gamma0, int[] sample, Backend backend) {

    /** @throws InvalidInputException if the samples do not fit the architecture */
    public NetworkFamily {
        sample = sample.clone();
        boolean images = network.architecture().takesImages();
        InvalidInputException.require(
                sample.length == (images ? 3 : 1),
                "network.architecture",
                network.architecture().word(),
                images ? "mlp for samples that are vectors" : "cnn for samples that are images");
        InvalidInputException.require(gamma0 > 0, "training.gamma0", gamma0, "a number > 0");
    }

    /** Shape of one input; the caller owns the copy. */
    @Override
    public int[] sample() {
        return sample.clone();
    }

    /**
     * The network at initialization; whoever makes it closes it.
     *
     * @param width number N of neurons or channels, at least 1
     * @param seed which network of the ensemble
     */
    public TrainableNetwork create(int width, long seed) {
        InvalidInputException.require(width >= 1, "width", width, "a whole number >= 1");
        return new TrainableNetwork(this, width, seed);
    }

    /** What a program wants to know; the points are shown to it later. */
    Problem problem() {
        int[] shape = sample.length == 1 ? new int[] {sample[0], 1} : new int[] {1, sample[0], sample[1], sample[2]};
        Dataset nothing = new Dataset(Tensor.zeros(shape), new double[1]);
        return new Problem(
                nothing, network, new Training(gamma0, 1, 1, 0, 0, 0, Training.Dynamics.DESCENT, new int[] {0}));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NetworkFamily that
                && network.equals(that.network)
                && gamma0 == that.gamma0
                && Arrays.equals(sample, that.sample)
                && backend == that.backend;
    }

    @Override
    public int hashCode() {
        return Objects.hash(network, gamma0, Arrays.hashCode(sample));
    }
}

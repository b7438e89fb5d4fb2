package org.widthbench.core.problem;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Loss;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.measure.Observable;
import org.widthbench.core.weights.Realization;

/**
 * All that theory and network have to agree on: data, network family, training.
 *
 * @param dataset inputs and labels
 * @param network depth and activation
 * @param training gamma0, learning rate, number of steps
 * @param observables that are measured beside those of every problem
 */
public record Problem(Dataset dataset, Network network, Training training, List<Observable> observables) {

    /** @throws InvalidInputException if data and network do not fit each other */
    public Problem {
        boolean images = dataset.inputs().rank() == 4;
        Architecture architecture = network.architecture();
        if (images != architecture.takesImages()) {
            throw new InvalidInputException(
                    "network.architecture: " + architecture.word() + " does not fit data of shape "
                            + java.util.Arrays.toString(dataset.inputs().shape())
                            + "; an mlp takes X (D,Q), a cnn takes X (Q,height,width,channels)");
        }
        InvalidInputException.require(
                training.batch() <= dataset.trainingPoints(),
                "training.batch",
                training.batch(),
                "at most the number of training points, " + dataset.trainingPoints());
        requireStream(dataset, network, training);
        InvalidInputException.require(
                (dataset.outputs() > 1) || training.loss() != Loss.CROSS_ENTROPY,
                "training.loss",
                "cross-entropy",
                "logistic for labels +-1, or data of several outputs, one per class");
        InvalidInputException.require(
                dataset.outputs() == 1 || training.loss() != Loss.LOGISTIC,
                "training.loss",
                "logistic",
                "mse or cross-entropy for " + dataset.outputs() + " outputs");
        InvalidInputException.require(
                dataset.outputs() == 1 || architecture.takesOutputsAndStreams(),
                "network.architecture",
                architecture.word(),
                "mlp for several outputs");
        requireLabels(dataset, training.loss());
        observables = List.copyOf(observables);
    }

    /** With no more than what is measured of every problem. */
    public Problem(Dataset dataset, Network network, Training training) {
        this(dataset, network, training, List.of());
    }

    /** The one place where labels meet the loss: every solver and every trainer takes a Problem. */
    private static void requireLabels(Dataset dataset, Loss loss) {
        for (int mu = 0; mu < dataset.trainingPoints(); mu++) {
            loss.requireLabels(dataset.targets(), dataset.outputs(), mu);
        }
    }

    private static void requireStream(Dataset dataset, Network network, Training training) {
        if (!training.online()) {
            return;
        }
        InvalidInputException.require(
                network.architecture().takesOutputsAndStreams(),
                "training.online",
                true,
                "false for a " + network.architecture().word());
        InvalidInputException.require(
                training.dynamics() == Training.Dynamics.DESCENT,
                "training.dynamics",
                "flow",
                "descent with training.online");
        long needed = (long) training.steps() * training.batch();
        InvalidInputException.require(
                needed <= dataset.trainingPoints(),
                "training.online",
                dataset.trainingPoints() + " training points",
                "at least steps x batch = " + needed + " of them, so that every batch is new");
    }

    /**
     * Its architecture as a program.
     *
     * @param realization what it is made of
     * @param points most points that are presented at a time
     */
    public Program program(Realization realization, int points) {
        return network.architecture().program(network, dataset, training.gamma0(), realization, points);
    }

    /** Number C of network outputs. */
    public int outputs() {
        return dataset.outputs();
    }

    /** Number Q of points, training and test. */
    public int points() {
        return dataset.points();
    }

    /** Number P of training points. */
    public int trainingPoints() {
        return dataset.trainingPoints();
    }

    /** Mean loss of predictions 0 over all training points: what a centred network starts from. */
    public double initialLoss() {
        double[] zero = new double[outputs()];
        double sum = 0;
        for (int mu = 0; mu < trainingPoints(); mu++) {
            sum += training.loss().evaluate(dataset.targets(), mu * outputs(), zero, 0, new double[outputs()]);
        }
        return sum / trainingPoints();
    }

    /** Prefactor {@code a = gamma0 eta / P} of the memory sums and weight updates. */
    public double updateScale() {
        return training.gamma0() * training.eta() / trainingPoints();
    }

    /** This problem with another {@code gamma0}. */
    public Problem withGamma0(double gamma0) {
        return with(training.withGamma0(gamma0));
    }

    /** This problem trained in another way. */
    public Problem with(Training other) {
        return new Problem(dataset, network, other, observables);
    }

    /** This problem with more to measure, in programs of networks and of their theory. */
    public Problem observing(Observable... more) {
        return new Problem(
                dataset,
                network,
                training,
                Stream.concat(observables.stream(), Stream.of(more)).toList());
    }

    /**
     * Input kernel {@code K^x_{mu alpha} = x_mu . x_alpha / D} of an MLP's data.
     *
     * @return {@code (Q, Q)}
     */
    public Tensor inputKernel() {
        return inputKernel(IntStream.range(0, points()).toArray());
    }

    /**
     * The input kernel of some points.
     *
     * @param chosen n indices of points
     * @return {@code (n, n)}
     */
    public Tensor inputKernel(int... chosen) {
        int dimension = dataset.inputs().size(0);
        int q = points();
        int n = chosen.length;
        double[] x = dataset.inputs().data();
        double[] gram = new double[n * n];
        for (int d = 0; d < dimension; d++) {
            for (int mu = 0; mu < n; mu++) {
                double scaled = x[d * q + chosen[mu]] / dimension;
                for (int al = 0; al < n; al++) {
                    gram[mu * n + al] += scaled * x[d * q + chosen[al]];
                }
            }
        }
        return new Tensor(new int[] {n, n}, gram);
    }
}

package org.widthbench.training;

import org.widthbench.core.Dataset;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.training.nd4j.Nd4jBackend;

/** Gaussian data with labels -1 for the first half of the training points and +1 for the second. */
final class Problems {
    private static final long DATA_SEED = 11;

    private Problems() {}

    static Problem gaussian(
            int dimension, int trained, int tested, int depth, Activation activation, Training training) {
        int points = trained + tested;
        double[] inputs = new double[dimension * points];
        NormalNoise.fill(inputs, 0, inputs.length, DATA_SEED, 0, 0);
        double[] targets = new double[trained];
        for (int mu = 0; mu < trained; mu++) {
            targets[mu] = mu < trained / 2 ? -1 : 1;
        }
        Dataset dataset = new Dataset(new Tensor(new int[] {dimension, points}, inputs), targets);
        return new Problem(dataset, Network.mlp(depth, activation), training);
    }

    /** Images of gaussian pixels. */
    static Problem images(
            int height, int width, int channels, int trained, int tested, Network network, Training training) {
        int points = trained + tested;
        double[] pixels = new double[points * height * width * channels];
        NormalNoise.fill(pixels, 0, pixels.length, DATA_SEED, 1, 0);
        double[] targets = new double[trained];
        for (int mu = 0; mu < trained; mu++) {
            targets[mu] = mu < trained / 2 ? -1 : 1;
        }
        Tensor inputs = new Tensor(new int[] {points, height, width, channels}, pixels);
        return new Problem(new Dataset(inputs, targets), network, training);
    }

    static Network cnn(int depth, Activation activation, int kernel) {
        return Network.cnn(depth, activation, kernel);
    }

    /** What a network becomes on ND4J. */
    static OrderParameters trained(Problem problem, int width, long seed, FieldPrecision format) {
        try (Backend backend = new Nd4jBackend(format)) {
            return new NetworkTrainer(width, seed, backend).train(problem);
        }
    }

    static Training training(double eta, int steps, double momentum, double weightDecay, int batch) {
        return new Training(1, eta, steps, momentum, weightDecay, batch, Training.Dynamics.DESCENT, null);
    }
}

package org.widthbench.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.Dataset;
import org.widthbench.core.Loss;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.data.TeacherSource;
import org.widthbench.core.data.TextureSource;
import org.widthbench.core.problem.Problem;

/**
 * Small problems that differ in all that error bars may depend on: activation, depth, test points, optimizer, loss, images,
 * architecture.
 */
final class CoveragePanel {
    private static final DataSource GAUSSIAN = new GaussianSource(25, 6, 0);
    private static final int BATCH = 3;

    private CoveragePanel() {}

    /** The problems by name. */
    static Map<String, Problem> problems() {
        Map<String, Problem> panel = new LinkedHashMap<>();
        panel.put("tanh, L=1", mlp(GAUSSIAN, 1, "tanh", training(1, 0.3, 20)));
        panel.put("tanh, L=3", mlp(GAUSSIAN, 3, "tanh", training(1, 0.3, 20)));
        panel.put("tanh, L=4, test points", mlp(new TeacherSource(10, 6, 4, 1, 1), 4, "tanh", training(1, 0.2, 20)));
        panel.put("ReLU, L=2, test points", mlp(new TeacherSource(10, 8, 4, 1, 0), 2, "relu", training(1, 0.1, 25)));
        panel.put("ReLU, L=4", mlp(GAUSSIAN, 4, "relu", training(1, 0.1, 16)));
        panel.put("erf, L=2, momentum", mlp(GAUSSIAN, 2, "erf", training(1, 0.05, 20, 0.9, 0, 0)));
        panel.put("tanh, L=2, decay", mlp(GAUSSIAN, 2, "tanh", training(1.5, 0.2, 20, 0, 0.3, 0)));
        panel.put("softplus, L=3", mlp(GAUSSIAN, 3, "softplus", training(2, 0.02, 20)));
        panel.put("linear, L=3", mlp(GAUSSIAN, 3, "linear", training(1, 0.15, 20)));
        panel.put(
                "tanh, L=2, batches, logistic",
                mlp(GAUSSIAN, 2, "tanh", training(1, 0.5, 20, 0, 0, BATCH).withLoss(Loss.LOGISTIC)));
        panel.put(
                "tanh, L=2, biases, 3 classes",
                new Problem(
                        new TeacherSource(10, 4, 0, 3, 0).load(),
                        Network.mlp(2, Activation.of("tanh", 1)).withBias(true),
                        training(1, 0.1, 12).withLoss(Loss.CROSS_ENTROPY)));
        Dataset images = new TextureSource(6, 3, 8, 2, 0).load();
        panel.put(
                "tanh, L=2, images",
                new Problem(columns(images), Network.mlp(2, Activation.of("tanh", 1)), training(1, 0.1, 20)));
        panel.put("CNN, tanh, L=2, test points", cnn(new TextureSource(4, 3, 4, 2, 0), "tanh", 12));
        panel.put("CNN, ReLU, L=2", cnn(new TextureSource(4, 3, 4, 0, 0), "relu", 10));
        return panel;
    }

    private static Problem mlp(DataSource data, int depth, String activation, Training training) {
        return new Problem(data.load(), Network.mlp(depth, Activation.of(activation, 1)), training);
    }

    private static Problem cnn(DataSource data, String activation, int steps) {
        return new Problem(data.load(), Network.cnn(2, Activation.of(activation, 1), 3), training(1, 0.2, steps));
    }

    private static Training training(double gamma0, double eta, int steps) {
        return training(gamma0, eta, steps, 0, 0, 0);
    }

    private static Training training(
            double gamma0, double eta, int steps, double momentum, double weightDecay, int batch) {
        int[] record = {0, steps / 2, steps - 1};
        return new Training(gamma0, eta, steps, momentum, weightDecay, batch, Training.Dynamics.DESCENT, record);
    }

    /** Every image as one column of pixels and colours. */
    private static Dataset columns(Dataset images) {
        int points = images.points();
        double[] pixels = images.inputs().data();
        int size = pixels.length / points;
        double[] columns = new double[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            columns[i % size * points + i / size] = pixels[i];
        }
        return new Dataset(new Tensor(new int[] {size, points}, columns), images.targets());
    }
}

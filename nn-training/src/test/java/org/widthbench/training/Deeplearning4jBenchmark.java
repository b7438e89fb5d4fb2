package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Locale;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.Problem;
import org.widthbench.training.nd4j.Nd4jBackend;

/**
 * Times a step of deeplearning4j beside one of ours, float32, N = 2000, L = 3, P = 10, in turns. No part of the test run; with {@code mvn -pl
 * nn-training -am test -Dtest=Deeplearning4jBenchmark -Dsurefire.failIfNoSpecifiedTests=false}. It stands here because {@code bench train}
 * would need deeplearning4j where the program runs.
 */
class Deeplearning4jBenchmark {
    private static final int WIDTH = 2000;
    private static final int DIMENSION = 25;
    private static final int POINTS = 10;
    private static final int STEPS = 21;
    private static final int ROUNDS = 4;

    @Test
    void oursAndTheirsLearnAndTakeTheirTime() {
        Problem problem = Problems.gaussian(
                DIMENSION,
                POINTS,
                0,
                3,
                new Tanh(1),
                Problems.training(0.1, STEPS, 0, 0, 0).withRecord(0));
        double nd4j = Double.POSITIVE_INFINITY;
        double backend = Double.POSITIVE_INFINITY;
        double theirs = Double.POSITIVE_INFINITY;
        MultiLayerNetwork network = network();
        INDArray x = Nd4j.createFromArray(problem.dataset().inputs().data())
                .reshape('c', DIMENSION, POINTS)
                .transpose()
                .castTo(DataType.FLOAT)
                .dup('c');
        INDArray y = Nd4j.createFromArray(problem.dataset().targets())
                .reshape(POINTS, 1)
                .castTo(DataType.FLOAT);
        for (int round = 0; round < ROUNDS; round++) {
            try (Backend own = new Nd4jBackend(FieldPrecision.FLOAT32)) {
                nd4j = Math.min(nd4j, beyondOne(new NetworkTrainer(WIDTH, 0, own), problem));
            }
            try (Backend cpu = new CpuBackend(FieldPrecision.FLOAT32)) {
                backend = Math.min(backend, beyondOne(new NetworkTrainer(WIDTH, 0, cpu), problem));
            }
            theirs = Math.min(theirs, step(() -> {
                for (int t = 1; t < STEPS; t++) {
                    network.fit(x, y);
                }
            }));
        }
        System.out.printf(
                Locale.ROOT,
                "a step: deeplearning4j %.1f ms, ours with ND4J %.1f ms, on the CPU backend %.1f ms%n",
                theirs,
                nd4j,
                backend);
        assertThat(network.score()).isCloseTo(0, within(1.0));
    }

    private static MultiLayerNetwork network() {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .updater(new Sgd(1e-3))
                .list();
        for (int l = 0; l < 3; l++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(l == 0 ? DIMENSION : WIDTH)
                    .nOut(WIDTH)
                    .hasBias(false)
                    .activation(Activation.TANH)
                    .build());
        }
        MultiLayerNetwork network = new MultiLayerNetwork(layers.layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(WIDTH)
                        .nOut(1)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        network.init();
        return network;
    }

    /** Without the drawing of weights. */
    private static double beyondOne(NetworkTrainer trainer, Problem problem) {
        Problem start = new Problem(problem.dataset(), problem.network(), Training.descent(1, 0.1, 1));
        double drawing = step(() -> trainer.train(start));
        return step(() -> trainer.train(problem)) - drawing;
    }

    /** Milliseconds per step of STEPS - 1 steps. */
    private static double step(Runnable training) {
        long start = System.nanoTime();
        training.run();
        return (System.nanoTime() - start) / 1e6 / (STEPS - 1);
    }
}

package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.InitialWeights;

/**
 * The same networks built of deeplearning4j's layers, trained by its own updater: a witness that shares no code with ours.
 * Its weights are {@code V = W / sqrt(fan-in)} and {@code w / (gamma0 N)}, so that a step of rate {@code eta gamma0^2 N} on W
 * is one of that rate over the fan-in on V, and of {@code eta / N} on the read-out; half of it, since its loss lacks the 1/2.
 * Centring is in its labels, {@code y + f(0)}.
 */
class Deeplearning4jWitnessTest {
    private static final double ROUNDING = 1e-9;
    private static final double GAMMA0 = 1;
    private static final double ETA = 0.3;
    private static final int STEPS = 12;
    private static final long SEED = 7;

    @ParameterizedTest(name = "relu {0}, batch {1}")
    @CsvSource({"false,0", "true,0", "false,3"})
    void multiLayerNetworkHasOurLossCurve(boolean relu, int batch) {
        int width = 40;
        int dimension = 5;
        Problem problem = Problems.gaussian(
                dimension, 6, 0, 3, relu ? new Relu() : new Tanh(1), Problems.training(ETA, STEPS, 0, 0, batch));
        NeuralNetConfiguration.ListBuilder layers = configuration().list();
        for (int l = 0; l < 3; l++) {
            int fanIn = l == 0 ? dimension : width;
            layers.layer(new DenseLayer.Builder()
                    .nIn(fanIn)
                    .nOut(width)
                    .hasBias(false)
                    .activation(relu ? Activation.RELU : Activation.TANH)
                    .updater(hiddenRate(width, fanIn))
                    .build());
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(layers.layer(readout(width)).build());
        network.init();
        for (int l = 0; l < 3; l++) {
            int fanIn = l == 0 ? dimension : width;
            network.getLayer(l).setParam("W", weights(width, l, width, fanIn).transpose());
        }
        setReadout(network.getLayer(3), width, 3);
        INDArray x = Nd4j.createFromArray(problem.dataset().inputs().data())
                .reshape('c', dimension, 6)
                .transpose()
                .dup('c');
        double[] ours =
                Problems.trained(problem, width, SEED, FieldPrecision.FLOAT64).loss();
        compare(problem, network, x, network.output(x), network::score, network::fit, ours);
        double[] alsoOurs;
        try (CpuBackend backend = new CpuBackend()) {
            alsoOurs = new NetworkTrainer(width, SEED, backend).train(problem).loss();
        }
        assertThat(alsoOurs).containsExactly(ours, within(ROUNDING));
    }

    @Test
    void computationGraphOfConvolutionsHasOurLossCurve() {
        int width = 8;
        int channels = 3;
        int kernel = 3;
        Network cnn = Problems.cnn(2, new Tanh(1), kernel);
        Problem problem = Problems.images(5, 4, channels, 6, 0, cnn, Problems.training(ETA, STEPS, 0, 0, 0));
        ComputationGraphConfiguration.GraphBuilder graph =
                configuration().graphBuilder().addInputs("x");
        for (int l = 0; l < 2; l++) {
            int in = l == 0 ? channels : width;
            graph.addLayer(
                    "conv" + l,
                    new ConvolutionLayer.Builder(kernel, kernel)
                            .nIn(in)
                            .nOut(width)
                            .hasBias(false)
                            .convolutionMode(ConvolutionMode.Same)
                            .activation(Activation.TANH)
                            .updater(hiddenRate(width, in * kernel * kernel))
                            .build(),
                    l == 0 ? "x" : "conv" + (l - 1));
        }
        graph.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "conv1");
        graph.addLayer("out", readout(width), "pool").setOutputs("out");
        ComputationGraph network = new ComputationGraph(graph.build());
        network.init();
        for (int l = 0; l < 2; l++) {
            int in = l == 0 ? channels : width;
            // Ours have the input channel last, after the offsets.
            INDArray own = weights(width, l, width, kernel * kernel * in).reshape('c', width, kernel, kernel, in);
            network.getLayer("conv" + l).setParam("W", own.permute(0, 3, 1, 2).dup('c'));
        }
        setReadout(network.getLayer("out"), width, 2);
        INDArray x = Nd4j.createFromArray(problem.dataset().inputs().data())
                .reshape('c', 6, 5, 4, channels)
                .permute(0, 3, 1, 2)
                .dup('c');
        double[] ours =
                Problems.trained(problem, width, SEED, FieldPrecision.FLOAT64).loss();
        compare(problem, network, x, network.outputSingle(x), network::score, network::fit, ours);
    }

    private static NeuralNetConfiguration.Builder configuration() {
        return new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).seed(0);
    }

    private static Sgd hiddenRate(int width, int fanIn) {
        return new Sgd(ETA * GAMMA0 * GAMMA0 * width / fanIn / 2);
    }

    private static OutputLayer readout(int width) {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nIn(width)
                .nOut(1)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .updater(new Sgd(ETA / width / 2))
                .build();
    }

    /** {@code V}, (outputs, fan-in). */
    private static INDArray weights(int width, int layer, int outputs, int fanIn) {
        double[] entries = new double[outputs * fanIn];
        InitialWeights.fill(entries, 0, entries.length, SEED, width, layer, 0);
        return Nd4j.createFromArray(entries).reshape('c', outputs, fanIn).divi(Math.sqrt(fanIn));
    }

    private static void setReadout(Layer layer, int width, int depth) {
        double[] entries = new double[width];
        InitialWeights.fill(entries, 0, width, SEED, width, depth, 0);
        layer.setParam("W", Nd4j.createFromArray(entries).reshape(width, 1).divi(GAMMA0 * width));
    }

    private interface Score {
        double of(DataSet data, boolean training);
    }

    private interface Fit {
        void on(DataSet data);
    }

    private static void compare(
            Problem problem, Model network, INDArray x, INDArray start, Score score, Fit fit, double[] ours) {
        INDArray labels = Nd4j.createFromArray(problem.dataset().targets())
                .reshape(problem.trainingPoints(), 1)
                .add(start);
        BatchSchedule batches = BatchSchedule.of(problem);
        double[] theirs = new double[STEPS];
        for (int t = 0; t < STEPS; t++) {
            theirs[t] = score.of(new DataSet(x, labels), false);
            int[] batch = batches.batch(t);
            fit.on(new DataSet(rows(x, batch), rows(labels, batch)));
        }
        assertThat(network.numParams()).isPositive();
        // It learns: a thousand times the tolerance of the comparison and more.
        assertThat(theirs[0] - theirs[STEPS - 1]).isGreaterThan(0.01);
        assertThat(ours).containsExactly(theirs, within(ROUNDING));
    }

    /** Some of the rows, in an array of their own. */
    private static INDArray rows(INDArray all, int[] batch) {
        double[] values = all.dup('c').data().asDouble();
        long[] shape = all.shape().clone();
        int size = values.length / (int) shape[0];
        shape[0] = batch.length;
        double[] chosen = new double[batch.length * size];
        for (int i = 0; i < batch.length; i++) {
            System.arraycopy(values, batch[i] * size, chosen, i * size, size);
        }
        return Nd4j.createFromArray(chosen).reshape('c', shape);
    }
}

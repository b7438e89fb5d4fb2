package org.widthbench.training;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolution as matrix products with the {@linkplain Patches patches} of one image at a time, in either precision. The
 * gradient of the input is a convolution too, with the filters turned by half a circle and input and output channels
 * exchanged. Images are shared out in groups that do not depend on the number of threads.
 */
final class ColumnConvolution implements Convolution {
    /** Groups of images that may run at the same time, each with patches and a sum of weight gradients of its own. */
    private static final int GROUPS = 4;

    private final Operands operands;
    private final int channels;
    private final int outputs;
    private final Panels images;
    private final Panels groups;
    private final Patches[] inputPatches;
    private final Patches[] gradientPatches;
    private final NativeMatrix[] weightGradients;
    /** Filters turned and exchanged, {@code (k k N, C)}; null if nobody asks for the gradient of the input. */
    private final NativeMatrix turned;

    private final INDArray[] output;
    private final INDArray[] outputGradient;
    private final INDArray[] inputGradient;

    ColumnConvolution(Operands operands, Precision precision) {
        ImageBatch batch = operands.batch();
        int k = operands.kernel();
        this.operands = operands;
        this.channels = operands.input().rows();
        this.outputs = operands.output().rows();
        this.images = new Panels(batch.columns(), batch.pixels());
        this.groups = new Panels(batch.images(), (batch.images() + GROUPS - 1) / GROUPS);
        this.inputPatches = new Patches[groups.count()];
        this.gradientPatches = new Patches[operands.inputGradient() == null ? 0 : groups.count()];
        this.weightGradients = new NativeMatrix[groups.count()];
        Arrays.setAll(inputPatches, i -> new Patches(batch, k, channels, precision));
        Arrays.setAll(gradientPatches, i -> new Patches(batch, k, outputs, precision));
        Arrays.setAll(weightGradients, i -> NativeMatrix.allocate(precision, (long) k * k * channels, outputs));
        this.turned = operands.inputGradient() == null
                ? null
                : NativeMatrix.allocate(precision, (long) k * k * outputs, channels);
        this.output = images.views(operands.output());
        this.outputGradient = images.views(operands.outputGradient());
        this.inputGradient = turned == null ? new INDArray[0] : images.views(operands.inputGradient());
    }

    @Override
    public void forward() {
        operands.input().toHost();
        groups.forEachParallel(group -> {
            Patches patches = inputPatches[group];
            for (int image = groups.from(group); image < groups.to(group); image++) {
                patches.take(operands.input(), image);
                Nd4j.gemm(operands.weights().array(), patches.matrix().array(), output[image], true, false, 1, 0);
            }
        });
    }

    @Override
    public void backward() {
        operands.input().toHost();
        operands.outputGradient().toHost();
        if (turned != null) {
            turn();
        }
        groups.forEachParallel(group -> {
            for (int image = groups.from(group); image < groups.to(group); image++) {
                INDArray g = outputGradient[image];
                inputPatches[group].take(operands.input(), image);
                INDArray sum = weightGradients[group].array();
                int first = groups.from(group);
                Nd4j.gemm(inputPatches[group].matrix().array(), g, sum, false, true, 1, image == first ? 0 : 1);
                if (turned != null) {
                    gradientPatches[group].take(operands.outputGradient(), image);
                    INDArray patches = gradientPatches[group].matrix().array();
                    Nd4j.gemm(turned.array(), patches, inputGradient[image], true, false, 1, 0);
                }
            }
        });
        INDArray total = operands.weightGradient().array();
        total.assign(weightGradients[0].array());
        for (int group = 1; group < weightGradients.length; group++) {
            total.addi(weightGradients[group].array());
        }
    }

    /** {@code turned_{d,i; j} = W_{i,-d,j}}. */
    private void turn() {
        int taps = operands.kernel() * operands.kernel();
        NativeMatrix weights = operands.weights();
        weights.toHost();
        double[] filter = new double[taps * channels];
        double[][] columns = new double[channels][taps * outputs];
        for (int i = 0; i < outputs; i++) {
            weights.read((long) i * filter.length, filter, 0, filter.length);
            for (int d = 0; d < taps; d++) {
                for (int j = 0; j < channels; j++) {
                    columns[j][(taps - 1 - d) * outputs + i] = filter[d * channels + j];
                }
            }
        }
        for (int j = 0; j < channels; j++) {
            turned.write((long) j * columns[j].length, columns[j], 0, columns[j].length);
        }
        turned.fromHost();
    }

    @Override
    public void close() {
        Arrays.stream(inputPatches).forEach(Patches::close);
        Arrays.stream(gradientPatches).forEach(Patches::close);
        Arrays.stream(weightGradients).forEach(NativeMatrix::close);
        if (turned != null) {
            turned.close();
        }
    }
}

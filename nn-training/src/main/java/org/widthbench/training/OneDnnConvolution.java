package org.widthbench.training;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolution through ND4J's {@code conv2d} and {@code conv2d_bp}, which hand float32 to oneDNN on a CPU and to cuDNN on
 * a GPU. In float64 the same operations run as plain loops, several times slower than {@link ColumnConvolution}.
 */
final class OneDnnConvolution implements Convolution {
    /** Codes of the ND4J operations for zero padding that keeps the size. */
    private static final int SAME = 1;
    /** Code for channels last. */
    private static final int CHANNELS_LAST = 1;
    /** Code for weights laid out as output channel, row, column, input channel. */
    private static final int OUTPUT_CHANNEL_FIRST = 2;

    private final DynamicCustomOp forward;
    private final DynamicCustomOp backward;
    /** Where the gradient of the data goes that nobody asks for; null otherwise. */
    private final NativeMatrix unasked;

    OneDnnConvolution(Operands operands, Precision precision) {
        ImageBatch batch = operands.batch();
        int k = operands.kernel();
        int channels = operands.input().rows();
        int outputs = operands.output().rows();
        this.unasked =
                operands.inputGradient() == null ? NativeMatrix.allocate(precision, channels, batch.columns()) : null;
        INDArray input = images(operands.input(), batch);
        INDArray weights = rowMajor(operands.weights(), outputs, k, k, channels);
        this.forward = operation("conv2d", k)
                .addInputs(input, weights)
                .addOutputs(images(operands.output(), batch))
                .build();
        this.backward = operation("conv2d_bp", k)
                .addInputs(input, weights, images(operands.outputGradient(), batch))
                .addOutputs(
                        images(unasked == null ? operands.inputGradient() : unasked, batch),
                        rowMajor(operands.weightGradient(), outputs, k, k, channels))
                .build();
    }

    private static DynamicCustomOp.DynamicCustomOpsBuilder operation(String name, int k) {
        return DynamicCustomOp.builder(name)
                .addIntegerArguments(k, k, 1, 1, 0, 0, 1, 1, SAME, CHANNELS_LAST, OUTPUT_CHANNEL_FIRST);
    }

    private static INDArray images(NativeMatrix field, ImageBatch batch) {
        return rowMajor(field, batch.images(), batch.height(), batch.width(), field.rows());
    }

    /** The same memory under a row-major shape. */
    private static INDArray rowMajor(NativeMatrix matrix, long... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return Nd4j.create(matrix.array().data(), shape, strides, 0, 'c');
    }

    @Override
    public void forward() {
        Nd4j.exec(forward);
    }

    @Override
    public void backward() {
        Nd4j.exec(backward);
    }

    @Override
    public void close() {
        if (unasked != null) {
            unasked.close();
        }
    }
}

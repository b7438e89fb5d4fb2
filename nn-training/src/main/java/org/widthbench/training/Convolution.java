package org.widthbench.training;

/**
 * A {@code k x k} convolution with zero padding ("SAME") and stride 1, bound to the matrices that it reads and writes. The
 * weights are {@code (k k C, N)} in column-major order: output channel, row offset, column offset, input channel, the last
 * fastest. No scale factors.
 */
interface Convolution extends AutoCloseable {

    /**
     * What a convolution of C into N channels works on; fields have one column per pixel.
     *
     * @param batch geometry
     * @param kernel filter size k, odd
     * @param weights {@code (k k C, N)}
     * @param input {@code (C, pixels)}
     * @param output {@code (N, pixels)}
     * @param outputGradient {@code (N, pixels)}
     * @param inputGradient {@code (C, pixels)}, null if nobody asks for it
     * @param weightGradient {@code (k k C, N)}
     */
    record Operands(
            ImageBatch batch,
            int kernel,
            NativeMatrix weights,
            NativeMatrix input,
            NativeMatrix output,
            NativeMatrix outputGradient,
            NativeMatrix inputGradient,
            NativeMatrix weightGradient) {}

    /** {@code output_{i,a} = sum_{d,j} W_{i,d,j} input_{j,a+d}}. */
    void forward();

    /**
     * {@code inputGradient_{j,a} = sum_{d,i} W_{i,d,j} outputGradient_{i,a-d}} and {@code weightGradient_{i,d,j} = sum_a
     * outputGradient_{i,a} input_{j,a+d}}.
     */
    void backward();

    @Override
    void close();
}

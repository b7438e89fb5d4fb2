package org.widthbench.training.nd4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.HostBlock;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Layout;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.io.NativeLibraries;

/**
 * Fields in ND4J arrays. What runs where:
 *
 * <ul>
 *   <li>Convolutions of float32 fields run in ND4J's {@code conv2d}, which hands them to oneDNN, those of the gradients of the data
 *       too. Gradients of weights are products with patches: {@code conv2d_bp} makes those of the data once more. ND4J has no fast float64
 *       convolution.
 *   <li>Products run in ND4J ({@code Nd4j.gemm}) on a device. On the CPU, where ND4J calls the OpenBLAS that {@link CpuBackend}
 *       calls too, they are the latter's: one thread a call, on blocks that suit the shapes.
 *   <li>Everything else is {@link CpuBackend}'s code on the memory of the arrays: an operation of ND4J costs 5 us and a pass over
 *       memory each. On a device the contents of the arrays cross the bus for it.
 * </ul>
 */
public final class Nd4jBackend extends CpuBackend {
    /** Codes of the ND4J operations: zero padding that keeps the size, channels last, filters by output, row, column, input. */
    private static final int[] CONVOLUTION = {1, 1, 0, 0, 1, 1, 1, 1, 2};

    private final boolean products;

    /** @param format of the fields */
    public Nd4jBackend(FieldPrecision format) {
        this(format, isDevice());
    }

    /** @param products whether products run in ND4J */
    Nd4jBackend(FieldPrecision format, boolean products) {
        super(format, count -> new Array(format, count));
        this.products = products;
    }

    private static boolean isDevice() {
        NativeLibraries.require("nd4j-native");
        // ND4J gives OpenBLAS a thread per core when it starts; the slices of CpuBackend want one.
        Nd4j.factory().blas().setMaxThreads(1);
        return !Nd4j.getEnvironment().isCPU();
    }

    /** Memory of an ND4J array of one axis. */
    private static final class Array implements HostBlock {
        private final INDArray numbers;

        Array(FieldPrecision format, long count) {
            DataType type = format == FieldPrecision.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
            numbers = Nd4j.createUninitializedDetached(type, Math.max(1, count));
        }

        @Override
        public Pointer pointer() {
            return new Pointer(numbers.data().addressPointer());
        }

        @Override
        public void toHost() {
            Nd4j.getAffinityManager().ensureLocation(numbers, Location.HOST);
        }

        @Override
        public void fromHost() {
            Nd4j.getAffinityManager().tagLocation(numbers, Location.HOST);
        }

        @Override
        public void free() {
            numbers.close();
        }
    }

    @Override
    public String description() {
        String format = format() == FieldPrecision.FLOAT64 ? "float64" : "float32";
        return "ND4J " + format + ", " + (isDevice() ? "CUDA" : "CPU");
    }

    @Override
    public void gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c) {
        if (!products || a.entries() == 0 || b.entries() == 0 || c.entries() == 0) {
            super.gemm(alpha, a, transposeA, b, transposeB, beta, c);
            return;
        }
        Matrix.terms(a, transposeA, b, transposeB, c);
        for (int problem = 0; problem < c.batch(); problem++) {
            // Row-major matrices are the transposes of ND4J's column-major ones, and it writes no views.
            INDArray target = transposed(c, problem);
            INDArray out = Nd4j.createUninitializedDetached(target.dataType(), 'f', target.shape());
            if (beta != 0) {
                out.assign(target);
            }
            Nd4j.gemm(transposed(b, problem), transposed(a, problem), out, transposeB, transposeA, alpha, beta);
            target.assign(out);
            out.close();
        }
    }

    private static INDArray transposed(Matrix m, int problem) {
        Layout layout = layoutOf(m);
        return view(
                m, layout.index(problem, 0, 0), 'f', new long[] {m.columns(), m.rows()}, new long[] {1, layout.stride()
                });
    }

    private static INDArray view(Matrix m, long offset, char order, long[] shape, long[] strides) {
        return Nd4j.create(((Array) memoryOf(m)).numbers.data(), shape, strides, offset, order);
    }

    @Override
    public void convolve(Images images, double alpha, Matrix x, Matrix weights, double beta, Matrix target) {
        if (!fits(images, x, weights)) {
            super.convolve(images, alpha, x, weights, beta, target);
            return;
        }
        boolean direct = beta == 0 && isWhole(target);
        Matrix out = direct ? target : allocateUnset(1, target.rows(), target.columns());
        // There are fewer weights than results.
        try (Matrix scaled = allocateUnset(1, weights.rows(), weights.columns())) {
            scaleRows(filled(weights.rows(), alpha), weights, scaled);
            leaveCores();
            Nd4j.exec(DynamicCustomOp.builder("conv2d")
                    .addIntegerArguments(arguments(images))
                    .addInputs(pixels(images, x), filters(images, scaled))
                    .addOutputs(pixels(images, out))
                    .build());
        }
        if (!direct) {
            add(1, out, beta, target);
            out.close();
        }
    }

    private static double[] filled(int count, double value) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return values;
    }

    /** Whether ND4J is the faster one: filters of float32 fields that lie together. */
    private boolean fits(Images images, Matrix field, Matrix other) {
        return images.taps() > 1
                && format() == FieldPrecision.FLOAT32
                && isWhole(field)
                && isWhole(other)
                && field.entries() > 0;
    }

    private static boolean isWhole(Matrix m) {
        return m.batch() == 1 && layoutOf(m).isContiguous();
    }

    /** All at once: ND4J counts them with every call. */
    private static int[] arguments(Images images) {
        return IntStream.concat(IntStream.of(images.kernel(), images.kernel()), IntStream.of(CONVOLUTION))
                .toArray();
    }

    /** Rows of images as ND4J sees them: image, row, column, channel. */
    private static INDArray pixels(Images images, Matrix field) {
        return rowMajor(field, (long) field.rows() / images.pixels(), images.height(), images.width(), field.columns());
    }

    private static INDArray filters(Images images, Matrix weights) {
        return rowMajor(weights, weights.rows(), images.kernel(), images.kernel(), weights.columns() / images.taps());
    }

    private static INDArray rowMajor(Matrix m, long... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return view(m, layoutOf(m).offset(), 'c', shape, strides);
    }
}

package org.widthbench.core.backend;

import java.util.List;
import org.widthbench.core.activation.Activation;

/**
 * Dense linear algebra on opaque device matrices: what the solvers are written against, once, for CPU and GPU alike.
 * Every matrix carries a leading batch index; an operation applies to each problem of the batch and its operands must
 * agree in it. Host arrays are float64, laid out (batch, row, column). Operations may run asynchronously; a read-out
 * ({@link #download}, {@link #rowDot}) waits for what it needs. Not thread-safe.
 *
 * <p>Implementations throw {@link IllegalArgumentException} when shapes do not fit: that is a defect of the caller.
 */
public interface Backend extends AutoCloseable {

    /** One line for people: library, processor or device. */
    String description();

    /** Format of the fields. */
    default FieldPrecision format() {
        return FieldPrecision.FLOAT64;
    }

    /** A zeroed batch of matrices. */
    Matrix allocate(int batch, int rows, int columns);

    /** {@link #allocate} for a matrix that is set before it is read: its content may be anything. */
    default Matrix allocateUnset(int batch, int rows, int columns) {
        return allocate(batch, rows, columns);
    }

    /** {@code target = 0}. */
    default void zero(Matrix target) {
        upload(new double[Math.toIntExact(target.entries())], target);
    }

    /** Copies {@code (batch, rows, columns)} host values into a matrix. */
    void upload(double[] values, Matrix target);

    /** Copies a matrix to the start of a host array, {@code (batch, rows, columns)}. */
    void download(Matrix source, double[] values);

    /** {@code target = source}, equal shapes. */
    void copy(Matrix source, Matrix target);

    /** {@code target[i] = source[rows[i]]}: the same rows of every problem of the batch. */
    void gatherRows(Matrix source, int[] rows, Matrix target);

    /** {@code c = alpha op(a) op(b) + beta c}, where op transposes if asked; 2 m n k flops. */
    void gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c);

    /**
     * {@code b = lower^-1 b}, in float64 whatever the fields are kept in.
     *
     * @param lower lower-triangular {@code (batch, n, n)}; what stands above the diagonal is not read
     * @param b {@code (n, columns)}
     */
    void solveLower(double[] lower, Matrix b);

    /** {@code value = phi(h)}, {@code derivative = phi'(h)}; either output may be null. */
    void activate(Activation activation, Matrix h, Matrix value, Matrix derivative);

    /**
     * {@code target_{i,a} = (field_{i,a+d})_d}: what filters see at every pixel a of every image i, zero outside the image.
     *
     * @param field {@code (images x pixels, C)}
     * @param target {@code (images x pixels, k^2 C)}, columns by row offset, column offset and channel
     */
    default void patches(Images images, Matrix field, Matrix target) {
        int rows = field.rows();
        int channels = field.columns();
        try (Matrix padded = allocate(field.batch(), rows + 1, channels)) {
            copy(field, padded.rows(0, rows));
            for (int tap = 0; tap < images.taps(); tap++) {
                gatherRows(padded, images.neighbours(tap, rows), target.block(0, rows, tap * channels, channels));
            }
        }
    }

    /** The transpose of {@link #patches}: {@code target_{i,a} = keep target_{i,a} + sum_d patches_{i,a-d;d}}. */
    default void overlay(Images images, Matrix patches, double keep, Matrix target) {
        int rows = target.rows();
        int channels = target.columns();
        try (Matrix padded = allocate(target.batch(), rows + 1, channels);
                Matrix shifted = allocateUnset(target.batch(), rows, channels)) {
            for (int tap = 0; tap < images.taps(); tap++) {
                copy(patches.block(0, rows, tap * channels, channels), padded.rows(0, rows));
                gatherRows(padded, images.neighbours(images.taps() - 1 - tap, rows), shifted);
                add(1, shifted, tap == 0 ? keep : 1, target);
            }
        }
    }

    /**
     * {@code target = alpha patches(x) weights^T + beta target}; with filters of one tap the product of matrices. Patches exist
     * for some images at a time.
     *
     * @param x {@code (images x pixels, C)}
     * @param weights {@code (M, k^2 C)}, columns as in {@link #patches}
     * @param target {@code (images x pixels, M)}
     */
    default void convolve(Images images, double alpha, Matrix x, Matrix weights, double beta, Matrix target) {
        if (images.taps() == 1) {
            gemm(alpha, x, false, weights, true, beta, target);
            return;
        }
        int step = images.rowsPerPiece(weights.columns());
        for (int from = 0; from < x.rows(); from += step) {
            int rows = Math.min(step, x.rows() - from);
            try (Matrix patches = allocateUnset(x.batch(), rows, weights.columns())) {
                patches(images, x.rows(from, rows), patches);
                gemm(alpha, patches, false, weights, true, beta, target.rows(from, rows));
            }
        }
    }

    /**
     * {@code target = alpha overlay(y weights) + beta target}, the transpose of {@link #convolve}.
     *
     * @param y {@code (images x pixels, M)}
     * @param target {@code (images x pixels, C)}
     */
    default void convolveBack(Images images, double alpha, Matrix y, Matrix weights, double beta, Matrix target) {
        if (images.taps() == 1) {
            gemm(alpha, y, false, weights, false, beta, target);
            return;
        }
        int step = images.rowsPerPiece(weights.columns());
        for (int from = 0; from < y.rows(); from += step) {
            int rows = Math.min(step, y.rows() - from);
            try (Matrix pulled = allocateUnset(y.batch(), rows, weights.columns())) {
                gemm(alpha, y.rows(from, rows), false, weights, false, 0, pulled);
                overlay(images, pulled, beta, target.rows(from, rows));
            }
        }
    }

    /**
     * {@code target = alpha y^T patches(x) + beta target}: the gradient of the weights.
     *
     * @param y {@code (images x pixels, M)}
     * @param x {@code (images x pixels, C)}
     * @param target {@code (M, k^2 C)}
     */
    default void convolveWeights(Images images, double alpha, Matrix y, Matrix x, double beta, Matrix target) {
        if (images.taps() == 1) {
            gemm(alpha, y, true, x, false, beta, target);
            return;
        }
        int step = images.rowsPerPiece(target.columns());
        for (int from = 0; from < y.rows(); from += step) {
            int rows = Math.min(step, y.rows() - from);
            try (Matrix patches = allocateUnset(x.batch(), rows, target.columns())) {
                patches(images, x.rows(from, rows), patches);
                gemm(alpha, y.rows(from, rows), true, patches, false, from == 0 ? beta : 1, target);
            }
        }
    }

    /** {@code y = alpha x + beta y}. */
    void add(double alpha, Matrix x, double beta, Matrix y);

    /** {@code out = alpha x * y + beta out}, elementwise; {@code beta = 0} overwrites. */
    void multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out);

    /** {@code target = target + alpha x / (sqrt(y) + shift)}, elementwise. */
    void addQuotient(double alpha, Matrix x, double shift, Matrix y, Matrix target);

    /** {@code target[i] = scale[i] source[i]}; scale is {@code (batch, rows)}. */
    void scaleRows(double[] scale, Matrix source, Matrix target);

    /**
     * A rectangle of a kernel, {@code alpha a b^T}, for the host; accumulated in float64 whatever the fields are kept in.
     *
     * @param a {@code (m,k)}
     * @param b {@code (n,k)}; if it is the object a, half of the work is saved and the result is exactly symmetric
     * @return {@code (batch, m, n)}
     */
    double[] kernelBlock(double alpha, Matrix a, Matrix b);

    /**
     * Row sums of an elementwise product.
     *
     * @return {@code (batch, rows)}: {@code sum_j x[i][j] y[i][j]}, accumulated in float64
     */
    double[] rowDot(Matrix x, Matrix y);

    /**
     * Standard normals from {@link org.widthbench.core.random.NormalNoise}: entry {@code (i,j)} has index
     * {@code firstIndex + i columns + j} of the stream, the same for every problem whose seed is the same.
     *
     * @param seeds one per problem of the batch
     */
    void normal(long[] seeds, long stream, long firstIndex, Matrix out);

    /**
     * Adds {@code scale[i]} times coarse noise to row {@code i}: each value is {@code (bits - 16)/sqrt(8)} with
     * {@code bits} the number of ones in a 32-bit Philox word, mean 0, variance 1, excess kurtosis -1/16. It stands for
     * the small residual variance that pivots leave, where only the variance matters.
     *
     * @param scale {@code (batch, rows)}; rows of scale 0 are left alone
     * @param firstIndex index of entry (0,0) in the stream, as in {@link #normal}
     */
    void addCoarseNoise(double[] scale, long[] seeds, long stream, long firstIndex, Matrix out);

    /**
     * Operations of several computations that know nothing of each other, in groups that follow each other. Those of one
     * group are of one kind, of different computations, and may be done in any order or all at once; their shapes may
     * differ. A backend for which a call costs more than the work in it does a group by one call. No result depends on
     * what shares its group.
     */
    default void submit(List<? extends List<? extends Operation>> groups) {
        groups.forEach(group -> group.forEach(operation -> operation.on(this)));
    }

    /**
     * How many problems are worth solving at once, 1 where one keeps the backend busy. What they take of its memory is for
     * the caller to see to.
     */
    default int problemsAtOnce() {
        return 1;
    }

    /** Frees everything. */
    @Override
    void close();
}

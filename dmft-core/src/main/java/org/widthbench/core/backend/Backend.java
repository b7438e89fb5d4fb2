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

    /** {@code y = alpha x + beta y}. */
    void add(double alpha, Matrix x, double beta, Matrix y);

    /** {@code out = alpha x * y + beta out}, elementwise; {@code beta = 0} overwrites. */
    void multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out);

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

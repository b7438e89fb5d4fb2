package org.widthbench.core.backend;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasLeft;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasLower;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dtrsm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The products of {@link CpuBackend}: single-threaded OpenBLAS on slices that all cores share. */
final class CpuProducts {
    /** Side of the squares in which a matrix is transposed: two of them fit the first-level cache. */
    private static final int TILE = 32;
    /** More than one, so that an uneven load evens out. */
    private static final int SLICES_PER_CORE = 2;
    /** Enough that the half ones on the diagonal even out. */
    private static final int GRAM_SQUARES_PER_CORE = 5;
    /** About 30 microseconds of one core, well above the cost of handing work over. */
    private static final double FLOPS_PER_SLICE = 1e6;

    /** Rows up to which a product is flat. */
    private static final int FLAT_ROWS = 32;
    /** Multiply-adds up to which OpenBLAS does without copying its operands, on processors with AVX-512. */
    private static final int UNPACKED = 1_000_000;
    /** Neighbours in a row that are read at a time: one or two pages. */
    private static final int FLAT_RUN = 1024;
    /** The same where rows of b are added up, which reads and writes those of c once for every piece. */
    private static final int FLAT_SUMMED_RUN = 2048;
    /**
     * Rows of b that are added up at a time, of few rows: the ways of a first-level cache, in which rows that lie a power of two
     * apart share their places. More of them evict each other before the next row of a has read them.
     */
    private static final int FLAT_DEPTH = 8;
    /** Rows of a that count as few. */
    private static final int FEW_ROWS = 16;

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private CpuProducts() {}

    /** {@link Backend#gemm}. */
    static void gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c) {
        int inner = Matrix.terms(a, transposeA, b, transposeB, c);
        if (c.rows() == 0 || c.columns() == 0) {
            return;
        }
        CpuMatrix left = (CpuMatrix) a;
        CpuMatrix right = (CpuMatrix) b;
        CpuMatrix out = (CpuMatrix) c;
        boolean byColumns = c.columns() >= c.rows();
        int length = byColumns ? c.columns() : c.rows();
        double flops = 2.0 * c.rows() * c.columns() * inner;
        forEachSlice(c.batch(), length, flops, (problem, from, n) -> {
            // op(a) keeps its rows or op(b) its columns within the slice.
            CpuMatrix l = byColumns ? left : transposeA ? left.block(0, inner, from, n) : left.block(from, n, 0, inner);
            CpuMatrix r =
                    !byColumns ? right : transposeB ? right.block(from, n, 0, inner) : right.block(0, inner, from, n);
            CpuMatrix o = byColumns ? out.block(0, c.rows(), from, n) : out.block(from, n, 0, c.columns());
            if (!transposeA && c.rows() <= FLAT_ROWS) {
                flat(alpha, l, r, transposeB, beta, o, problem);
            } else {
                product(alpha, l, transposeA, r, transposeB, beta, o, problem);
            }
        });
    }

    /**
     * {@code c = alpha a op(b) + beta c} for few rows, where moving b to the processor is most of the work: in blocks so small
     * that OpenBLAS multiplies them where they lie. 10 x 2000 times 2000 x 2000 takes 1.6 ms (b transposed) and 1.5 ms instead
     * of 2.7 and 4.5 ms that way in float32 on one AVX-512 core.
     */
    private static void flat(
            double alpha, CpuMatrix a, CpuMatrix b, boolean transposeB, double beta, CpuMatrix c, int problem) {
        int rows = c.rows();
        int inner = a.columns();
        // Rows of b are read in order either way.
        boolean shallow = !transposeB && rows <= FEW_ROWS;
        int others = shallow ? FLAT_DEPTH : Math.max(1, UNPACKED / (rows * FLAT_RUN));
        int run = shallow ? FLAT_SUMMED_RUN : FLAT_RUN;
        int depth = transposeB ? run : others;
        int width = transposeB ? others : run;
        for (int column = 0; column < c.columns(); column += width) {
            int columns = Math.min(width, c.columns() - column);
            CpuMatrix block = c.block(0, rows, column, columns);
            for (int from = 0; from == 0 || from < inner; from += depth) {
                int n = Math.min(depth, inner - from);
                CpuMatrix right = transposeB ? b.block(column, columns, from, n) : b.block(from, n, column, columns);
                product(
                        alpha,
                        a.block(0, rows, from, n),
                        false,
                        right,
                        transposeB,
                        from == 0 ? beta : 1,
                        block,
                        problem);
            }
        }
    }

    /**
     * {@code c = alpha a b^T + beta c} in float64; if b is a, only the lower triangle.
     *
     * @param a {@code (m,k)}, float64
     * @param b {@code (n,k)}, float64
     */
    static void kernel(double alpha, CpuMatrix a, CpuMatrix b, double beta, CpuMatrix c) {
        boolean symmetric = a == b;
        if (!symmetric) {
            gemm(alpha, a, false, b, true, beta, c);
            return;
        }
        int n = a.rows();
        double flops = (double) n * n * a.columns();
        // Squares of the lower triangle: both operands of each are packed once for many products.
        int side = (int) Math.ceil(Math.sqrt(2.0 * CORES * GRAM_SQUARES_PER_CORE));
        int across = (int) Math.max(1, Math.min(Math.min(side, n), flops / FLOPS_PER_SLICE));
        int width = (n + across - 1) / across;
        int squares = across * (across + 1) / 2;
        CoreTeam.shared().run(a.batch() * squares, index -> {
            int problem = index / squares;
            int i = 0;
            int j = index % squares;
            while (j > i) {
                j -= ++i;
            }
            int row = i * width;
            int column = j * width;
            int height = Math.min(width, n - row);
            if (height <= 0) {
                return;
            }
            CpuMatrix rows = a.block(row, height, 0, a.columns());
            CpuMatrix square = c.block(row, height, column, Math.min(width, n - column));
            if (i > j) {
                product(
                        alpha,
                        rows,
                        false,
                        a.block(column, square.columns(), 0, a.columns()),
                        true,
                        beta,
                        square,
                        problem);
                return;
            }
            cblas_dsyrk(
                    CblasRowMajor,
                    CblasLower,
                    CblasNoTrans,
                    height,
                    a.columns(),
                    alpha,
                    (DoublePointer) rows.pointer(problem),
                    rows.stride(),
                    beta,
                    (DoublePointer) square.pointer(problem),
                    square.stride());
        });
    }

    /** Copies the lower triangle of {@code (batch, n, n)} values to the upper one, tile by tile so that both stay in cache. */
    static void mirror(double[] values, int batch, int n) {
        int tiles = (n + TILE - 1) / TILE;
        for (int problem = 0; problem < batch; problem++) {
            int first = problem * n * n;
            for (int tile = 0; tile < tiles * tiles; tile++) {
                int firstRow = tile / tiles * TILE;
                int firstColumn = tile % tiles * TILE;
                for (int i = firstRow; i < Math.min(n, firstRow + TILE); i++) {
                    for (int j = firstColumn; j < Math.min(i, firstColumn + TILE); j++) {
                        values[first + j * n + i] = values[first + i * n + j];
                    }
                }
            }
        }
    }

    /** {@code c = alpha op(a) op(b) + beta c} of one problem, in the format of c, which all have. */
    private static void product(
            double alpha,
            CpuMatrix a,
            boolean transposeA,
            CpuMatrix b,
            boolean transposeB,
            double beta,
            CpuMatrix c,
            int problem) {
        int operationA = transposeA ? CblasTrans : CblasNoTrans;
        int operationB = transposeB ? CblasTrans : CblasNoTrans;
        int inner = transposeA ? a.rows() : a.columns();
        for (CpuMatrix operand : new CpuMatrix[] {a, b, c}) {
            operand.block().toHost();
        }
        Pointer left = a.pointer(problem);
        Pointer right = b.pointer(problem);
        Pointer out = c.pointer(problem);
        if (c.format() == FieldPrecision.FLOAT64) {
            cblas_dgemm(
                    CblasRowMajor,
                    operationA,
                    operationB,
                    c.rows(),
                    c.columns(),
                    inner,
                    alpha,
                    (DoublePointer) left,
                    a.stride(),
                    (DoublePointer) right,
                    b.stride(),
                    beta,
                    (DoublePointer) out,
                    c.stride());
        } else {
            cblas_sgemm(
                    CblasRowMajor,
                    operationA,
                    operationB,
                    c.rows(),
                    c.columns(),
                    inner,
                    (float) alpha,
                    (FloatPointer) left,
                    a.stride(),
                    (FloatPointer) right,
                    b.stride(),
                    (float) beta,
                    (FloatPointer) out,
                    c.stride());
        }
        c.block().fromHost();
    }

    /** {@code b = lower^-1 b}, both float64. */
    static void solveLower(CpuMatrix triangle, CpuMatrix b) {
        double flops = (double) b.rows() * b.rows() * b.columns();
        forEachSlice(
                b.batch(),
                b.columns(),
                flops,
                (problem, from, n) -> cblas_dtrsm(
                        CblasRowMajor,
                        CblasLeft,
                        CblasLower,
                        CblasNoTrans,
                        CblasNonUnit,
                        b.rows(),
                        n,
                        1,
                        (DoublePointer) triangle.pointer(problem),
                        triangle.stride(),
                        (DoublePointer) b.block(0, b.rows(), from, n).pointer(problem),
                        b.stride()));
    }

    /** Work on {@code n} neighbouring rows or columns of one problem. */
    @FunctionalInterface
    private interface SliceWork {
        void run(int problem, int from, int n);
    }

    /**
     * Cuts {@code length} rows or columns into slices for all cores. Slices are taken as cores come free, so that a core
     * kept busy by others delays nobody; BLAS teams that wait for each other lose a factor of ten there.
     */
    private static void forEachSlice(int batch, int length, double flops, SliceWork work) {
        int slices = (int) Math.max(1, Math.min(Math.min(CORES * SLICES_PER_CORE, length), flops / FLOPS_PER_SLICE));
        int width = (length + slices - 1) / slices;
        CoreTeam.shared().run(batch * slices, index -> {
            int from = index % slices * width;
            if (from < length) {
                work.run(index / slices, from, Math.min(width, length - from));
            }
        });
    }
}

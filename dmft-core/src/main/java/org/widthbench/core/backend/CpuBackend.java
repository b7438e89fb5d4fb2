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

import java.nio.DoubleBuffer;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.core.random.Philox;

/** Float64 on the host: OpenBLAS products on off-heap matrices, elementwise work on all cores in cache-sized pieces. */
public final class CpuBackend implements Backend {
    /** Entries handled at a time: three buffers of it fit the first-level cache. */
    private static final int CHUNK = 1024;
    /** Side of the squares in which a matrix is transposed: two of them fit the first-level cache. */
    private static final int TILE = 32;
    /** Below this many entries a second thread costs more than it saves. */
    private static final int PARALLEL_THRESHOLD = 16 * CHUNK;
    /** Standard deviation of the number of ones in a random 32-bit word. */
    private static final double COARSE_SCALE = 1 / Math.sqrt(8);

    private static final int CORES = Runtime.getRuntime().availableProcessors();
    /** More than one, so that an uneven load evens out. */
    private static final int SLICES_PER_CORE = 2;
    /** Elementwise work is even; a few runs of chunks per core are enough. */
    private static final int CHUNK_RUNS_PER_CORE = 4;
    /** Enough that the half ones on the diagonal even out. */
    private static final int GRAM_SQUARES_PER_CORE = 5;
    /** About 30 microseconds of one core, well above the cost of handing work over. */
    private static final double FLOPS_PER_SLICE = 1e6;

    static {
        // Products are cut into slices here; OpenBLAS's own team would wait at a barrier for the slowest core.
        org.bytedeco.openblas.presets.openblas_nolapack.blas_set_num_threads(1);
    }

    private static final ThreadLocal<double[][]> BUFFERS = ThreadLocal.withInitial(() -> new double[3][CHUNK]);

    private final CpuMemory memory = new CpuMemory();

    @Override
    public String description() {
        return "CPU float64, OpenBLAS, " + CORES + " cores";
    }

    @Override
    public Matrix allocate(int batch, int rows, int columns) {
        return new CpuMatrix(memory, batch, rows, columns);
    }

    @Override
    public void upload(double[] values, Matrix target) {
        CpuMatrix m = (CpuMatrix) target;
        for (int row = 0; row < m.batch() * m.rows(); row++) {
            m.buffer().put(m.index(row / m.rows(), row % m.rows(), 0), values, row * m.columns(), m.columns());
        }
    }

    @Override
    public void download(Matrix source, double[] values) {
        CpuMatrix m = (CpuMatrix) source;
        for (int row = 0; row < m.batch() * m.rows(); row++) {
            m.buffer().get(m.index(row / m.rows(), row % m.rows(), 0), values, row * m.columns(), m.columns());
        }
    }

    @Override
    public void copy(Matrix source, Matrix target) {
        requireShape(target, source.batch(), source.rows(), source.columns());
        CpuMatrix from = (CpuMatrix) source;
        CpuMatrix to = (CpuMatrix) target;
        for (int b = 0; b < from.batch(); b++) {
            for (int i = 0; i < from.rows(); i++) {
                copyRow(from, b, i, to, i);
            }
        }
    }

    @Override
    public void gatherRows(Matrix source, int[] rows, Matrix target) {
        requireShape(target, source.batch(), rows.length, source.columns());
        CpuMatrix from = (CpuMatrix) source;
        CpuMatrix to = (CpuMatrix) target;
        for (int b = 0; b < from.batch(); b++) {
            for (int i = 0; i < rows.length; i++) {
                copyRow(from, b, rows[i], to, i);
            }
        }
    }

    private static void copyRow(CpuMatrix from, int problem, int fromRow, CpuMatrix to, int toRow) {
        to.buffer().put(to.index(problem, toRow, 0), from.buffer(), from.index(problem, fromRow, 0), from.columns());
    }

    @Override
    public void gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c) {
        int inner = transposeA ? a.rows() : a.columns();
        if ((transposeA ? a.columns() : a.rows()) != c.rows()
                || (transposeB ? b.rows() : b.columns()) != c.columns()
                || (transposeB ? b.columns() : b.rows()) != inner
                || a.batch() != c.batch()
                || b.batch() != c.batch()) {
            throw new IllegalArgumentException(
                    "gemm of " + a + (transposeA ? "^T" : "") + " and " + b + (transposeB ? "^T" : "") + " into " + c);
        }
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
            cblas_dgemm(
                    CblasRowMajor,
                    transposeA ? CblasTrans : CblasNoTrans,
                    transposeB ? CblasTrans : CblasNoTrans,
                    o.rows(),
                    o.columns(),
                    inner,
                    alpha,
                    l.pointer(problem),
                    Math.max(1, l.stride()),
                    r.pointer(problem),
                    Math.max(1, r.stride()),
                    beta,
                    o.pointer(problem),
                    o.stride());
        });
    }

    @Override
    public void gram(double alpha, Matrix a, Matrix c) {
        requireShape(c, a.batch(), a.rows(), a.rows());
        CpuMatrix in = (CpuMatrix) a;
        CpuMatrix out = (CpuMatrix) c;
        int n = a.rows();
        int depth = a.columns();
        double flops = (double) n * n * depth;
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
            CpuMatrix rows = in.block(row, height, 0, depth);
            CpuMatrix square = out.block(row, height, column, Math.min(width, n - column));
            if (i > j) {
                product(alpha, rows, in.block(column, square.columns(), 0, depth), square, problem);
                return;
            }
            cblas_dsyrk(
                    CblasRowMajor,
                    CblasLower,
                    CblasNoTrans,
                    height,
                    depth,
                    alpha,
                    rows.pointer(problem),
                    rows.stride(),
                    0,
                    square.pointer(problem),
                    square.stride());
        });
        mirror(out);
    }

    /** Copies the lower triangle to the upper one, tile by tile so that both stay in cache. */
    private static void mirror(CpuMatrix c) {
        int n = c.rows();
        int tiles = (n + TILE - 1) / TILE;
        DoubleBuffer entries = c.buffer();
        for (int problem = 0; problem < c.batch(); problem++) {
            for (int tile = 0; tile < tiles * tiles; tile++) {
                int firstRow = tile / tiles * TILE;
                int firstColumn = tile % tiles * TILE;
                for (int i = firstRow; i < Math.min(n, firstRow + TILE); i++) {
                    for (int j = firstColumn; j < Math.min(i, firstColumn + TILE); j++) {
                        entries.put(c.index(problem, j, i), entries.get(c.index(problem, i, j)));
                    }
                }
            }
        }
    }

    /** {@code c = alpha a b^T} of one problem. */
    private static void product(double alpha, CpuMatrix a, CpuMatrix b, CpuMatrix c, int problem) {
        cblas_dgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasTrans,
                a.rows(),
                b.rows(),
                a.columns(),
                alpha,
                a.pointer(problem),
                a.stride(),
                b.pointer(problem),
                b.stride(),
                0,
                c.pointer(problem),
                c.stride());
    }

    @Override
    public void solveLower(Matrix lower, Matrix b) {
        requireShape(lower, b.batch(), b.rows(), b.rows());
        CpuMatrix triangle = (CpuMatrix) lower;
        CpuMatrix out = (CpuMatrix) b;
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
                        triangle.pointer(problem),
                        triangle.stride(),
                        out.block(0, b.rows(), from, n).pointer(problem),
                        out.stride()));
    }

    @Override
    public void activate(Activation activation, Matrix h, Matrix value, Matrix derivative) {
        CpuMatrix in = (CpuMatrix) h;
        CpuMatrix phi = (CpuMatrix) value;
        CpuMatrix slope = (CpuMatrix) derivative;
        forEachChunk(in, (buffers, problem, row, column, n) -> {
            read(in, problem, row, column, buffers[0], n);
            activation.apply(buffers[0], phi == null ? null : buffers[1], slope == null ? null : buffers[2], n);
            if (phi != null) {
                write(phi, problem, row, column, buffers[1], n);
            }
            if (slope != null) {
                write(slope, problem, row, column, buffers[2], n);
            }
        });
    }

    @Override
    public void add(double alpha, Matrix x, double beta, Matrix y) {
        requireShape(y, x.batch(), x.rows(), x.columns());
        CpuMatrix in = (CpuMatrix) x;
        CpuMatrix out = (CpuMatrix) y;
        forEachChunk(out, (buffers, problem, row, column, n) -> {
            double[] u = buffers[0];
            double[] v = buffers[1];
            read(in, problem, row, column, u, n);
            read(out, problem, row, column, v, n);
            for (int i = 0; i < n; i++) {
                v[i] = alpha * u[i] + beta * v[i];
            }
            write(out, problem, row, column, v, n);
        });
    }

    @Override
    public void multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out) {
        requireShape(y, x.batch(), x.rows(), x.columns());
        requireShape(out, x.batch(), x.rows(), x.columns());
        CpuMatrix left = (CpuMatrix) x;
        CpuMatrix right = (CpuMatrix) y;
        CpuMatrix target = (CpuMatrix) out;
        forEachChunk(target, (buffers, problem, row, column, n) -> {
            double[] u = buffers[0];
            double[] v = buffers[1];
            double[] w = buffers[2];
            read(left, problem, row, column, u, n);
            read(right, problem, row, column, v, n);
            if (beta == 0) {
                for (int i = 0; i < n; i++) {
                    w[i] = alpha * u[i] * v[i];
                }
            } else {
                read(target, problem, row, column, w, n);
                for (int i = 0; i < n; i++) {
                    w[i] = alpha * u[i] * v[i] + beta * w[i];
                }
            }
            write(target, problem, row, column, w, n);
        });
    }

    @Override
    public void scaleRows(double[] scale, Matrix source, Matrix target) {
        requireShape(target, source.batch(), source.rows(), source.columns());
        CpuMatrix from = (CpuMatrix) source;
        CpuMatrix to = (CpuMatrix) target;
        forEachChunk(to, (buffers, problem, row, column, n) -> {
            double factor = scale[problem * to.rows() + row];
            double[] values = buffers[0];
            read(from, problem, row, column, values, n);
            for (int i = 0; i < n; i++) {
                values[i] *= factor;
            }
            write(to, problem, row, column, values, n);
        });
    }

    @Override
    public double[] rowDot(Matrix x, Matrix y) {
        requireShape(y, x.batch(), x.rows(), x.columns());
        CpuMatrix left = (CpuMatrix) x;
        CpuMatrix right = (CpuMatrix) y;
        double[] sums = new double[x.batch() * x.rows()];
        double[][] buffers = BUFFERS.get();
        for (int row = 0; row < sums.length; row++) {
            for (int column = 0; column < x.columns(); column += CHUNK) {
                int n = Math.min(CHUNK, x.columns() - column);
                read(left, row / x.rows(), row % x.rows(), column, buffers[0], n);
                read(right, row / x.rows(), row % x.rows(), column, buffers[1], n);
                double sum = 0;
                for (int i = 0; i < n; i++) {
                    sum += buffers[0][i] * buffers[1][i];
                }
                sums[row] += sum;
            }
        }
        return sums;
    }

    @Override
    public void normal(long[] seeds, long stream, long firstIndex, Matrix out) {
        CpuMatrix target = (CpuMatrix) out;
        forEachChunk(target, (buffers, problem, row, column, n) -> {
            long index = firstIndex + (long) row * target.columns() + column;
            NormalNoise.fill(buffers[0], 0, n, seeds[problem], stream, index);
            write(target, problem, row, column, buffers[0], n);
        });
    }

    @Override
    public void addCoarseNoise(double[] scale, long[] seeds, long stream, long firstIndex, Matrix out) {
        CpuMatrix target = (CpuMatrix) out;
        forEachChunk(target, (buffers, problem, row, column, n) -> {
            double rowScale = scale[problem * target.rows() + row] * COARSE_SCALE;
            if (rowScale == 0) {
                return;
            }
            long index = firstIndex + (long) row * target.columns() + column;
            long firstBlock = Math.floorDiv(index, Philox.WORDS);
            int skipped = (int) (index - firstBlock * Philox.WORDS);
            int blocks = (skipped + n + Philox.WORDS - 1) / Philox.WORDS;
            int[] words = new int[blocks * Philox.WORDS];
            Philox.blocks(seeds[problem], stream, firstBlock, words, 0, blocks);
            double[] values = buffers[0];
            read(target, problem, row, column, values, n);
            for (int i = 0; i < n; i++) {
                values[i] += rowScale * (Integer.bitCount(words[skipped + i]) - 16);
            }
            write(target, problem, row, column, values, n);
        });
    }

    @Override
    public void close() {
        memory.close();
    }

    private static void requireShape(Matrix m, int batch, int rows, int columns) {
        if (m.batch() != batch || m.rows() != rows || m.columns() != columns) {
            throw new IllegalArgumentException(m + " where " + batch + " x " + rows + " x " + columns + " is needed");
        }
    }

    private static void read(CpuMatrix m, int problem, int row, int column, double[] target, int n) {
        m.buffer().get(m.index(problem, row, column), target, 0, n);
    }

    private static void write(CpuMatrix m, int problem, int row, int column, double[] source, int n) {
        m.buffer().put(m.index(problem, row, column), source, 0, n);
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

    /** Work on up to {@link #CHUNK} neighbours of one row. */
    @FunctionalInterface
    private interface ChunkWork {
        void run(double[][] buffers, int problem, int row, int column, int n);
    }

    private static void forEachChunk(CpuMatrix shape, ChunkWork work) {
        int perRow = (shape.columns() + CHUNK - 1) / CHUNK;
        int chunks = shape.batch() * shape.rows() * perRow;
        int parts = (long) shape.batch() * shape.rows() * shape.columns() >= PARALLEL_THRESHOLD
                ? Math.min(chunks, CORES * CHUNK_RUNS_PER_CORE)
                : 1;
        CoreTeam.shared().run(parts, part -> {
            double[][] buffers = BUFFERS.get();
            int end = (int) ((long) chunks * (part + 1) / parts);
            for (int chunk = (int) ((long) chunks * part / parts); chunk < end; chunk++) {
                int row = chunk / perRow;
                int column = chunk % perRow * CHUNK;
                work.run(
                        buffers,
                        row / shape.rows(),
                        row % shape.rows(),
                        column,
                        Math.min(CHUNK, shape.columns() - column));
            }
        });
    }
}

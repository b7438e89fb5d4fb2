package org.widthbench.core.backend;

import org.widthbench.core.activation.Activation;
import org.widthbench.core.io.NativeLibraries;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.core.random.Philox;

/** Float64 on the host: OpenBLAS products on off-heap matrices, elementwise work on all cores in cache-sized pieces. */
public final class CpuBackend implements Backend {
    /** Entries handled at a time: three buffers of it fit the first-level cache. */
    private static final int CHUNK = 1024;
    /** Below this many entries a second thread costs more than it saves. */
    private static final int PARALLEL_THRESHOLD = 16 * CHUNK;
    /** Standard deviation of the number of ones in a random 32-bit word. */
    private static final double COARSE_SCALE = 1 / Math.sqrt(8);

    private static final int CORES = Runtime.getRuntime().availableProcessors();
    /** Elementwise work is even; a few runs of chunks per core are enough. */
    private static final int CHUNK_RUNS_PER_CORE = 4;

    static {
        NativeLibraries.require("openblas");
        // Products are cut into slices by CpuProducts; OpenBLAS's own team would wait at a barrier for the slowest
        // core.
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
        return new CpuMatrix(memory, Layout.of(batch, rows, columns));
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
        target.requireShapeOf(source);
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
        target.requireShape(source.batch(), rows.length, source.columns());
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
        CpuProducts.gemm(alpha, a, transposeA, b, transposeB, beta, c);
    }

    @Override
    public void gram(double alpha, Matrix a, Matrix c) {
        CpuProducts.gram(alpha, a, c);
    }

    @Override
    public void solveLower(Matrix lower, Matrix b) {
        CpuProducts.solveLower(lower, b);
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
        y.requireShapeOf(x);
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
        y.requireShapeOf(x);
        out.requireShapeOf(x);
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
        target.requireShapeOf(source);
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
        y.requireShapeOf(x);
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

    private static void read(CpuMatrix m, int problem, int row, int column, double[] target, int n) {
        m.buffer().get(m.index(problem, row, column), target, 0, n);
    }

    private static void write(CpuMatrix m, int problem, int row, int column, double[] source, int n) {
        m.buffer().put(m.index(problem, row, column), source, 0, n);
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

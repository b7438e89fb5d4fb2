package org.widthbench.core.backend;

import java.util.Arrays;
import java.util.function.LongFunction;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.io.NativeLibraries;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.core.random.Philox;

/**
 * On the host: OpenBLAS products on off-heap matrices, elementwise work on all cores in cache-sized pieces, computed in
 * float64. Fields are kept in float64 or float32; sums over samples for the host and triangular solves are float64 always.
 */
public class CpuBackend implements Backend {
    /** Entries handled at a time: three buffers of it fit the first-level cache. */
    private static final int CHUNK = 1024;
    /** Below this many entries a second thread costs more than it saves. */
    private static final int PARALLEL_THRESHOLD = 16 * CHUNK;
    /** Columns of float32 fields that are taken to float64 at a time. */
    private static final int EXACT_COLUMNS = 2048;
    /** Filters turned at a time: their blocks fit the second-level cache. */
    private static final int TILE = 32;
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

    private final FieldPrecision format;
    private final CpuMemory memory;
    /** Float64, for what does not depend on the format; the same memory where fields are float64. */
    private final CpuMemory exact;

    /** Fields in float64. */
    public CpuBackend() {
        this(FieldPrecision.FLOAT64);
    }

    /** @param format of the fields */
    public CpuBackend(FieldPrecision format) {
        this(format, count -> HostBlock.plain(format, count));
    }

    /** @param lender makes memory for so many numbers of the format */
    protected CpuBackend(FieldPrecision format, LongFunction<HostBlock> lender) {
        this.format = format;
        this.memory = new CpuMemory(format, lender);
        this.exact = format == FieldPrecision.FLOAT64
                ? memory
                : new CpuMemory(FieldPrecision.FLOAT64, count -> HostBlock.plain(FieldPrecision.FLOAT64, count));
    }

    /** The memory that a matrix of this backend lies in. */
    protected static HostBlock memoryOf(Matrix matrix) {
        return ((CpuMatrix) matrix).block();
    }

    /** Where it lies there. */
    protected static Layout layoutOf(Matrix matrix) {
        return ((CpuMatrix) matrix).layout();
    }

    /** Called before another library works on all cores: ours would look for work there. */
    protected static void leaveCores() {
        CoreTeam.shared().rest();
    }

    @Override
    public final FieldPrecision format() {
        return format;
    }

    @Override
    public String description() {
        return "CPU " + (format == FieldPrecision.FLOAT64 ? "float64" : "float32") + ", OpenBLAS, " + CORES + " cores";
    }

    @Override
    public Matrix allocate(int batch, int rows, int columns) {
        CpuMatrix matrix = new CpuMatrix(memory, Layout.of(batch, rows, columns));
        matrix.clear();
        return matrix;
    }

    @Override
    public Matrix allocateUnset(int batch, int rows, int columns) {
        return new CpuMatrix(memory, Layout.of(batch, rows, columns));
    }

    @Override
    public void zero(Matrix target) {
        ((CpuMatrix) target).clear();
    }

    @Override
    public void upload(double[] values, Matrix target) {
        CpuMatrix m = (CpuMatrix) target;
        for (int row = 0; row < m.batch() * m.rows(); row++) {
            m.write(row / m.rows(), row % m.rows(), 0, values, row * m.columns(), m.columns());
        }
    }

    @Override
    public void download(Matrix source, double[] values) {
        CpuMatrix m = (CpuMatrix) source;
        for (int row = 0; row < m.batch() * m.rows(); row++) {
            m.read(row / m.rows(), row % m.rows(), 0, values, row * m.columns(), m.columns());
        }
    }

    @Override
    public void copy(Matrix source, Matrix target) {
        target.requireShapeOf(source);
        CpuMatrix[] all = flat(source, target);
        forEachChunk(all[1], (buffers, problem, row, column, n) -> all[1].copy(problem, row, column, all[0], n));
    }

    @Override
    public void gatherRows(Matrix source, int[] rows, Matrix target) {
        target.requireShape(source.batch(), rows.length, source.columns());
        CpuMatrix from = (CpuMatrix) source;
        CpuMatrix to = (CpuMatrix) target;
        for (int b = 0; b < from.batch(); b++) {
            for (int i = 0; i < rows.length; i++) {
                to.copyRow(b, i, from, rows[i]);
            }
        }
    }

    @Override
    public void gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c) {
        CpuProducts.gemm(alpha, a, transposeA, b, transposeB, beta, c);
    }

    @Override
    public double[] kernelBlock(double alpha, Matrix a, Matrix b) {
        if (a.batch() != b.batch() || a.columns() != b.columns()) {
            throw new IllegalArgumentException("kernel block of " + a + " and " + b);
        }
        int columns = a.columns();
        double[] values = new double[Math.multiplyExact(a.batch(), Math.multiplyExact(a.rows(), b.rows()))];
        int piece = format == FieldPrecision.FLOAT64 ? Math.max(1, columns) : EXACT_COLUMNS;
        try (CpuMatrix sums = new CpuMatrix(exact, Layout.of(a.batch(), a.rows(), b.rows()))) {
            sums.clear();
            for (int from = 0; from < columns; from += piece) {
                int n = Math.min(piece, columns - from);
                try (CpuMatrix left = exact(a.block(0, a.rows(), from, n));
                        CpuMatrix right = a == b ? left : exact(b.block(0, b.rows(), from, n))) {
                    CpuProducts.kernel(alpha, left, right, 1, sums);
                }
            }
            download(sums, values);
        }
        if (a == b) {
            CpuProducts.mirror(values, a.batch(), a.rows());
        }
        return values;
    }

    @Override
    public void solveLower(double[] lower, Matrix b) {
        int n = b.rows();
        int piece = format == FieldPrecision.FLOAT64 ? Math.max(1, b.columns()) : EXACT_COLUMNS;
        try (CpuMatrix triangle = new CpuMatrix(exact, Layout.of(b.batch(), n, n))) {
            upload(lower, triangle);
            for (int from = 0; from < b.columns(); from += piece) {
                CpuMatrix block = (CpuMatrix) b.block(0, n, from, Math.min(piece, b.columns() - from));
                try (CpuMatrix solved = exact(block)) {
                    CpuProducts.solveLower(triangle, solved);
                    if (solved != block) {
                        convert(solved, block);
                    }
                }
            }
        }
    }

    /** The same numbers in float64: a copy, or the block itself. */
    private CpuMatrix exact(Matrix block) {
        CpuMatrix source = (CpuMatrix) block;
        if (source.format() == FieldPrecision.FLOAT64) {
            return source;
        }
        CpuMatrix copy = new CpuMatrix(exact, Layout.of(block.batch(), block.rows(), block.columns()));
        convert(source, copy);
        return copy;
    }

    private static void convert(CpuMatrix from, CpuMatrix to) {
        forEachChunk(to, (buffers, problem, row, column, n) -> {
            from.read(problem, row, column, buffers[0], 0, n);
            to.write(problem, row, column, buffers[0], 0, n);
        });
    }

    @Override
    public void activate(Activation activation, Matrix h, Matrix value, Matrix derivative) {
        CpuMatrix[] all = flat(h, value, derivative);
        CpuMatrix in = all[0];
        CpuMatrix phi = all[1];
        CpuMatrix slope = all[2];
        forEachChunk(in, (buffers, problem, row, column, n) -> {
            in.read(problem, row, column, buffers[0], 0, n);
            activation.apply(buffers[0], phi == null ? null : buffers[1], slope == null ? null : buffers[2], n);
            if (phi != null) {
                phi.write(problem, row, column, buffers[1], 0, n);
            }
            if (slope != null) {
                slope.write(problem, row, column, buffers[2], 0, n);
            }
        });
    }

    /** Neighbours in a row of pixels lie side by side in field and patch: one copy takes them all. */
    @Override
    public void patches(Images images, Matrix field, Matrix target) {
        target.requireShape(field.batch(), field.rows(), images.taps() * field.columns());
        CpuMatrix from = (CpuMatrix) field;
        CpuMatrix to = (CpuMatrix) target;
        if (!from.isContiguous()) {
            Backend.super.patches(images, field, target);
            return;
        }
        int channels = field.columns();
        int reach = images.kernel() / 2;
        try (CpuMatrix outside = (CpuMatrix) allocate(field.batch(), 1, images.kernel() * channels)) {
            forEachRow(to, (problem, i) -> {
                int row = i / images.width() % images.height();
                int column = i % images.width();
                int first = Math.max(-reach, -column);
                int last = Math.min(reach, images.width() - 1 - column);
                for (int down = -reach; down <= reach; down++) {
                    int at = (down + reach) * images.kernel() * channels;
                    if (row + down < 0 || row + down >= images.height()) {
                        to.copy(problem, i, at, outside, 0, images.kernel() * channels);
                        continue;
                    }
                    int inside = at + (first + reach) * channels;
                    int end = at + (last + reach + 1) * channels;
                    to.copy(problem, i, at, outside, 0, inside - at);
                    to.copy(problem, i, inside, from, i + down * images.width() + first, end - inside);
                    to.copy(problem, i, end, outside, 0, (reach - last) * channels);
                }
            });
        }
    }

    /** A convolution with filters turned by half a circle, input and output exchanged. */
    @Override
    public void convolveBack(Images images, double alpha, Matrix y, Matrix weights, double beta, Matrix target) {
        if (images.taps() == 1) {
            gemm(alpha, y, false, weights, false, beta, target);
            return;
        }
        try (Matrix turned = turned(images, weights)) {
            convolve(images, alpha, y, turned, beta, target);
        }
    }

    /** {@code W_{i,-d,j}} by j, d, i: {@code (C, k^2 M)}. */
    private Matrix turned(Images images, Matrix weights) {
        int taps = images.taps();
        int outputs = weights.rows();
        int channels = weights.columns() / taps;
        CpuMatrix from = (CpuMatrix) weights;
        CpuMatrix to = (CpuMatrix) allocateUnset(weights.batch(), channels, taps * outputs);
        int blocks = (outputs + TILE - 1) / TILE;
        CoreTeam.shared().run(weights.batch() * taps * blocks, index -> {
            int problem = index / blocks / taps;
            int tap = index / blocks % taps;
            int first = index % blocks * TILE;
            int n = Math.min(TILE, outputs - first);
            double[] filters = new double[n * channels];
            for (int i = 0; i < n; i++) {
                from.read(problem, first + i, tap * channels, filters, i * channels, channels);
            }
            double[] values = new double[n];
            for (int j = 0; j < channels; j++) {
                for (int i = 0; i < n; i++) {
                    values[i] = filters[i * channels + j];
                }
                to.write(problem, j, (taps - 1 - tap) * outputs + first, values, 0, n);
            }
        });
        return to;
    }

    @Override
    public void add(double alpha, Matrix x, double beta, Matrix y) {
        y.requireShapeOf(x);
        CpuMatrix[] all = flat(x, y);
        CpuMatrix in = all[0];
        CpuMatrix out = all[1];
        forEachChunk(out, (buffers, problem, row, column, n) -> {
            if (beta == 1) {
                out.add(problem, row, column, alpha, in, n, buffers);
                return;
            }
            double[] u = buffers[0];
            double[] v = buffers[1];
            in.read(problem, row, column, u, 0, n);
            out.read(problem, row, column, v, 0, n);
            for (int i = 0; i < n; i++) {
                v[i] = alpha * u[i] + beta * v[i];
            }
            out.write(problem, row, column, v, 0, n);
        });
    }

    @Override
    public void multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out) {
        y.requireShapeOf(x);
        out.requireShapeOf(x);
        CpuMatrix[] all = flat(x, y, out);
        CpuMatrix left = all[0];
        CpuMatrix right = all[1];
        CpuMatrix target = all[2];
        forEachChunk(target, (buffers, problem, row, column, n) -> {
            double[] u = buffers[0];
            double[] v = buffers[1];
            double[] w = buffers[2];
            left.read(problem, row, column, u, 0, n);
            right.read(problem, row, column, v, 0, n);
            if (beta == 0) {
                for (int i = 0; i < n; i++) {
                    w[i] = alpha * u[i] * v[i];
                }
            } else {
                target.read(problem, row, column, w, 0, n);
                for (int i = 0; i < n; i++) {
                    w[i] = alpha * u[i] * v[i] + beta * w[i];
                }
            }
            target.write(problem, row, column, w, 0, n);
        });
    }

    @Override
    public void addQuotient(double alpha, Matrix x, double shift, Matrix y, Matrix out) {
        y.requireShapeOf(x);
        out.requireShapeOf(x);
        CpuMatrix[] all = flat(x, y, out);
        forEachChunk(all[2], (buffers, problem, row, column, n) -> {
            double[] u = buffers[0];
            double[] v = buffers[1];
            double[] w = buffers[2];
            all[0].read(problem, row, column, u, 0, n);
            all[1].read(problem, row, column, v, 0, n);
            all[2].read(problem, row, column, w, 0, n);
            for (int i = 0; i < n; i++) {
                w[i] += alpha * u[i] / (Math.sqrt(v[i]) + shift);
            }
            all[2].write(problem, row, column, w, 0, n);
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
            from.read(problem, row, column, values, 0, n);
            for (int i = 0; i < n; i++) {
                values[i] *= factor;
            }
            to.write(problem, row, column, values, 0, n);
        });
    }

    @Override
    public double[] rowDot(Matrix x, Matrix y) {
        y.requireShapeOf(x);
        CpuMatrix left = (CpuMatrix) x;
        CpuMatrix right = (CpuMatrix) y;
        // Pieces add up in one order, whoever did them.
        int pieces = (x.columns() + CHUNK - 1) / CHUNK;
        double[] parts = new double[x.batch() * x.rows() * pieces];
        forEachChunk(
                left,
                (buffers, problem, row, column, n) -> parts[(problem * left.rows() + row) * pieces + column / CHUNK] =
                        left.dot(problem, row, column, right, n, buffers));
        double[] sums = new double[x.batch() * x.rows()];
        for (int i = 0; i < parts.length; i++) {
            sums[i / pieces] += parts[i];
        }
        return sums;
    }

    @Override
    public void normal(long[] seeds, long stream, long firstIndex, Matrix out) {
        CpuMatrix target = flat(out)[0];
        forEachChunk(target, (buffers, problem, row, column, n) -> {
            long index = firstIndex + (long) row * target.columns() + column;
            NormalNoise.fill(buffers[0], 0, n, seeds[problem], stream, index);
            target.write(problem, row, column, buffers[0], 0, n);
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
            target.read(problem, row, column, values, 0, n);
            for (int i = 0; i < n; i++) {
                values[i] += rowScale * (Integer.bitCount(words[skipped + i]) - 16);
            }
            target.write(problem, row, column, values, 0, n);
        });
    }

    @Override
    public void close() {
        memory.close();
        exact.close();
    }

    /** Equally shaped matrices, null ones included, as one row each where that is how they lie: short rows cost a call each. */
    private static CpuMatrix[] flat(Matrix... matrices) {
        CpuMatrix[] same = Arrays.copyOf(matrices, matrices.length, CpuMatrix[].class);
        if (Arrays.stream(same).allMatch(m -> m == null || m.isContiguous())) {
            Arrays.setAll(same, i -> same[i] == null ? null : same[i].asRow());
        }
        return same;
    }

    /** Work on up to {@link #CHUNK} neighbours of one row. */
    @FunctionalInterface
    private interface ChunkWork {
        void run(double[][] buffers, int problem, int row, int column, int n);
    }

    /** Work on one row. */
    @FunctionalInterface
    private interface RowWork {
        void run(int problem, int row);
    }

    private static void forEachRow(CpuMatrix shape, RowWork work) {
        int rows = shape.batch() * shape.rows();
        int parts = shape.entries() >= PARALLEL_THRESHOLD ? Math.min(rows, CORES * CHUNK_RUNS_PER_CORE) : 1;
        CoreTeam.shared().run(parts, part -> {
            int end = (int) ((long) rows * (part + 1) / parts);
            for (int i = (int) ((long) rows * part / parts); i < end; i++) {
                work.run(i / shape.rows(), i % shape.rows());
            }
        });
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

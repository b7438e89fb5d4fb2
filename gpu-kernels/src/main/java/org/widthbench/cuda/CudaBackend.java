package org.widthbench.cuda;

import java.util.Arrays;
import java.util.Objects;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The {@link Backend} on a GPU: one or two launches of the kernels in {@code src/main/cuda} per operation, cuBLAS for
 * products where it is installed. Fields are float32 or float64, sums over samples always float64. Launch shapes and the
 * order of every sum depend on the shape of one problem alone, never on the size of the batch.
 */
final class CudaBackend implements Backend {
    /** Edge of the tiles of {@code innerSlices}. */
    private static final int INNER_TILE = 16;
    /** Blocks that fill a large GPU; sums are cut into slices until there are as many. */
    private static final int INNER_BLOCKS = 1024;
    /** Shorter slices would cost more in partial results than they gain. */
    private static final int INNER_SLICE = 256;
    /** Rows up to which the flat tiles of {@code gemmFlat} waste less than square ones. */
    private static final int FLAT_ROWS = 32;
    /** Threads per block of {@code solveLower}: columns are few, so blocks are small. */
    private static final int COLUMN_THREADS = 128;

    private final Device device;
    private final HostTransfer transfer;
    private final Arguments arguments = new Arguments();

    CudaBackend(Device device) {
        this.device = device;
        this.transfer = new HostTransfer(device);
    }

    @Override
    public String description() {
        return device.description();
    }

    @Override
    public CudaMatrix allocate(int batch, int rows, int columns) {
        return new CudaMatrix(device, batch, rows, columns);
    }

    @Override
    public void upload(double[] values, Matrix target) {
        CudaMatrix to = mine(target);
        Objects.checkFromIndexSize(0, to.entries(), values.length);
        if (to.isContiguous()) {
            transfer.writeField(values, to.entries(), to.address());
            return;
        }
        try (CudaMatrix dense = allocate(to.batch(), to.rows(), to.columns())) {
            transfer.writeField(values, to.entries(), dense.address());
            copyRows(0, dense, to);
        }
    }

    @Override
    public void download(Matrix source, double[] values) {
        CudaMatrix from = mine(source);
        Objects.checkFromIndexSize(0, from.entries(), values.length);
        if (from.isContiguous()) {
            transfer.readField(from.address(), values, from.entries());
            return;
        }
        try (CudaMatrix dense = allocate(from.batch(), from.rows(), from.columns())) {
            copyRows(0, from, dense);
            transfer.readField(dense.address(), values, from.entries());
        }
    }

    @Override
    public void copy(Matrix source, Matrix target) {
        requireShape(target, source.batch(), source.rows(), source.columns());
        copyRows(0, mine(source), mine(target));
    }

    @Override
    public void gatherRows(Matrix source, int[] rows, Matrix target) {
        requireShape(target, source.batch(), rows.length, source.columns());
        for (int row : rows) {
            Objects.checkIndex(row, source.rows());
        }
        long index = transfer.words(Arrays.stream(rows).asLongStream().toArray(), rows.length + " row numbers");
        copyRows(index, mine(source), mine(target));
        device.free(index);
    }

    private void copyRows(long index, CudaMatrix from, CudaMatrix to) {
        launch(
                elementwise("copyRows", to),
                arguments.clear().word(index).matrix(from).matrix(to).shape(to.batch(), to.rows(), to.columns()));
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
        if (mine(c).entries() == 0
                || device.product(alpha, mine(a), transposeA, mine(b), transposeB, beta, mine(c), inner)) {
            return;
        }
        Launch tiles = c.rows() <= FLAT_ROWS
                ? Launch.tiles("gemmFlat", c.batch(), c.rows(), c.columns(), 16, 128)
                : Launch.tiles("gemmSquare", c.batch(), c.rows(), c.columns(), 64, 64);
        launch(
                tiles,
                arguments
                        .clear()
                        .number(alpha)
                        .matrix(mine(a))
                        .flag(transposeA)
                        .matrix(mine(b))
                        .flag(transposeB)
                        .number(beta)
                        .matrix(mine(c))
                        .shape(c.batch(), c.rows(), c.columns())
                        .word(inner));
    }

    @Override
    public void gram(double alpha, Matrix a, Matrix c) {
        requireShape(c, a.batch(), a.rows(), a.rows());
        inner(alpha, mine(a), mine(a), true, 0, mine(c));
    }

    @Override
    public double[] kernelBlock(double alpha, Matrix a, Matrix b) {
        if (a.batch() != b.batch() || a.columns() != b.columns()) {
            throw new IllegalArgumentException("kernel block of " + a + " and " + b);
        }
        int count = Math.multiplyExact(a.batch(), Math.multiplyExact(a.rows(), b.rows()));
        return readOut(
                count,
                "a " + a.batch() + " x " + a.rows() + " x " + b.rows() + " kernel block",
                address -> inner(alpha, mine(a), mine(b), false, address, null));
    }

    /** {@code alpha a b^T} into a float64 array, or a matrix, whichever is given; {@code symmetric} if a is b. */
    private void inner(double alpha, CudaMatrix a, CudaMatrix b, boolean symmetric, long values, CudaMatrix c) {
        int m = a.rows();
        int n = b.rows();
        if (m == 0 || n == 0 || a.batch() == 0) {
            return;
        }
        long tiles = (long) ceilDiv(m, INNER_TILE) * ceilDiv(n, INNER_TILE);
        long slices = Math.max(1, Math.min(INNER_BLOCKS / tiles, ceilDiv(a.columns(), INNER_SLICE)));
        long partial = device.allocate(
                Double.BYTES * slices * a.batch() * m * n,
                slices + " partial sums of " + a.batch() + " x " + m + " x " + n + " kernel blocks");
        launch(
                Launch.tiles("innerSlices", slices * a.batch(), m, n, INNER_TILE, INNER_TILE)
                        .squareBlocks(),
                arguments
                        .clear()
                        .matrix(a)
                        .matrix(b)
                        .word(partial)
                        .word(slices)
                        .flag(symmetric)
                        .shape(a.batch(), m, n)
                        .word(a.columns()));
        launch(
                Launch.elementwise("innerSum", a.batch(), m, n),
                arguments
                        .clear()
                        .number(alpha)
                        .word(partial)
                        .word(slices)
                        .flag(symmetric)
                        .word(values)
                        .matrix(c)
                        .shape(a.batch(), m, n));
        device.free(partial);
    }

    @Override
    public void solveLower(Matrix lower, Matrix b) {
        requireShape(lower, b.batch(), b.rows(), b.rows());
        launch(
                Launch.perColumn("solveLower", b.batch(), b.columns(), COLUMN_THREADS),
                arguments.clear().matrix(mine(lower)).matrix(mine(b)).shape(b.batch(), b.rows(), b.columns()));
    }

    @Override
    public void activate(Activation activation, Matrix h, Matrix value, Matrix derivative) {
        for (Matrix output : new Matrix[] {value, derivative}) {
            if (output != null) {
                requireShape(output, h.batch(), h.rows(), h.columns());
            }
        }
        int code = ActivationCode.of(activation);
        if (code == ActivationCode.NONE) {
            activateOnHost(activation, h, value, derivative);
            return;
        }
        launch(
                elementwise("activate", h),
                arguments
                        .clear()
                        .word(code)
                        .number(activation.beta())
                        .matrix(mine(h))
                        .matrix(value == null ? null : mine(value))
                        .matrix(derivative == null ? null : mine(derivative))
                        .shape(h.batch(), h.rows(), h.columns()));
    }

    /** For an activation that the kernel does not know: slow, but right. */
    private void activateOnHost(Activation activation, Matrix h, Matrix value, Matrix derivative) {
        int n = Math.toIntExact(mine(h).entries());
        double[] values = new double[n];
        double[] slopes = new double[n];
        download(h, values);
        activation.apply(values, values, slopes, n);
        if (value != null) {
            upload(values, value);
        }
        if (derivative != null) {
            upload(slopes, derivative);
        }
    }

    @Override
    public void add(double alpha, Matrix x, double beta, Matrix y) {
        requireShape(y, x.batch(), x.rows(), x.columns());
        launch(
                elementwise("add", y),
                arguments
                        .clear()
                        .number(alpha)
                        .matrix(mine(x))
                        .number(beta)
                        .matrix(mine(y))
                        .shape(y.batch(), y.rows(), y.columns()));
    }

    @Override
    public void multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out) {
        requireShape(y, x.batch(), x.rows(), x.columns());
        requireShape(out, x.batch(), x.rows(), x.columns());
        launch(
                elementwise("multiply", out),
                arguments
                        .clear()
                        .number(alpha)
                        .matrix(mine(x))
                        .matrix(mine(y))
                        .number(beta)
                        .matrix(mine(out))
                        .shape(out.batch(), out.rows(), out.columns()));
    }

    @Override
    public void scaleRows(double[] scale, Matrix source, Matrix target) {
        requireShape(target, source.batch(), source.rows(), source.columns());
        Objects.checkFromIndexSize(0, source.batch() * source.rows(), scale.length);
        long factors = transfer.doubles(scale, scale.length + " row factors");
        launch(
                elementwise("scaleRows", target),
                arguments
                        .clear()
                        .word(factors)
                        .matrix(mine(source))
                        .matrix(mine(target))
                        .shape(target.batch(), target.rows(), target.columns()));
        device.free(factors);
    }

    @Override
    public double[] rowDot(Matrix x, Matrix y) {
        requireShape(y, x.batch(), x.rows(), x.columns());
        return readOut(
                x.batch() * x.rows(),
                x.batch() + " x " + x.rows() + " row sums",
                sums -> launch(
                        Launch.perRow("rowDot", x.batch(), x.rows()),
                        arguments
                                .clear()
                                .matrix(mine(x))
                                .matrix(mine(y))
                                .word(sums)
                                .shape(x.batch(), x.rows(), x.columns())));
    }

    @Override
    public void normal(long[] seeds, long stream, long firstIndex, Matrix out) {
        Objects.checkFromIndexSize(0, out.batch(), seeds.length);
        if (firstIndex < 0) {
            throw new IllegalArgumentException("firstIndex must be >= 0, not " + firstIndex);
        }
        long keys = transfer.words(seeds, seeds.length + " seeds");
        // A thread makes the two normals of one Philox block; a row touches at most this many blocks.
        long blocks = out.columns() / 2 + 1L;
        launch(
                Launch.elementwise("normal", out.batch(), out.rows(), blocks),
                arguments
                        .clear()
                        .word(keys)
                        .word(stream)
                        .word(firstIndex)
                        .matrix(mine(out))
                        .shape(out.batch(), out.rows(), out.columns()));
        device.free(keys);
    }

    @Override
    public void addCoarseNoise(double[] scale, long[] seeds, long stream, long firstIndex, Matrix out) {
        Objects.checkFromIndexSize(0, out.batch(), seeds.length);
        Objects.checkFromIndexSize(0, out.batch() * out.rows(), scale.length);
        long keys = transfer.words(seeds, seeds.length + " seeds");
        long factors = transfer.doubles(scale, scale.length + " noise scales");
        // Four words to a Philox block.
        long blocks = (out.columns() + 2L) / 4 + 1;
        launch(
                Launch.elementwise("addCoarseNoise", out.batch(), out.rows(), blocks),
                arguments
                        .clear()
                        .word(factors)
                        .word(keys)
                        .word(stream)
                        .word(firstIndex)
                        .matrix(mine(out))
                        .shape(out.batch(), out.rows(), out.columns()));
        device.free(factors);
        device.free(keys);
    }

    @Override
    public void close() {
        device.close();
    }

    /** Queues work that fills a float64 array on the device. */
    @FunctionalInterface
    private interface ReadOut {
        void into(long address);
    }

    private double[] readOut(int count, String what, ReadOut work) {
        long address = device.allocate(Math.max(1L, count) * Double.BYTES, what);
        work.into(address);
        double[] values = new double[count];
        transfer.readDoubles(address, values, count);
        device.free(address);
        return values;
    }

    private static Launch elementwise(String kernel, Matrix shape) {
        return Launch.elementwise(kernel, shape.batch(), shape.rows(), shape.columns());
    }

    private void launch(Launch launch, Arguments packed) {
        if (!launch.isEmpty()) {
            device.launch(launch, packed);
        }
    }

    private static CudaMatrix mine(Matrix m) {
        return (CudaMatrix) m;
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }

    private static void requireShape(Matrix m, int batch, int rows, int columns) {
        if (m.batch() != batch || m.rows() != rows || m.columns() != columns) {
            throw new IllegalArgumentException(m + " where " + batch + " x " + rows + " x " + columns + " is needed");
        }
    }
}

package org.widthbench.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.backend.Operation;

/**
 * The {@link Backend} on a GPU: one or two launches of the kernels in {@code src/main/cuda} per operation or group of
 * operations, cuBLAS for products where it is installed. Fields are float32 or float64, sums over samples always float64.
 * The order of every sum depends on the shapes of one problem alone, never on what shares a launch with it.
 */
final class CudaBackend implements Backend {
    /** Entries up to which copies between host and device share one transfer with others. */
    private static final int SMALL = 1 << 15;
    /** Solves of moderate size that together keep a large GPU busy ({@code docs/gpu.md}, model). */
    private static final int PROBLEMS_AT_ONCE = 16;

    private final Device device;
    private final HostTransfer transfer;
    private final Arguments arguments = new Arguments();
    /** What operations are added to; null if each is to be done at once. */
    private Submission open;

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
        CudaMatrix matrix = allocateUnset(batch, rows, columns);
        matrix.clear();
        return matrix;
    }

    @Override
    public CudaMatrix allocateUnset(int batch, int rows, int columns) {
        return new CudaMatrix(device, batch, rows, columns);
    }

    @Override
    public int problemsAtOnce() {
        return PROBLEMS_AT_ONCE;
    }

    @Override
    public void submit(List<? extends List<? extends Operation>> groups) {
        Submission submission = new Submission(device, transfer, arguments);
        open = submission;
        try {
            for (List<? extends Operation> group : groups) {
                for (Operation operation : group) {
                    if (operation instanceof Operation.KernelBlock o) {
                        CudaProducts.kernelBlock(submission, o.alpha(), mine(o.a()), mine(o.b()), o.result());
                    } else if (operation instanceof Operation.RowDot o) {
                        rowDot(submission, o.x(), o.y(), o.result());
                    } else {
                        operation.on(this);
                    }
                }
                submission.endGroup();
            }
        } finally {
            open = null;
        }
        submission.run();
    }

    /** The submission under way, or one of its own for a single operation. */
    private Submission submission() {
        return open != null ? open : new Submission(device, transfer, arguments);
    }

    /** Does a single operation; one of several waits for the rest. */
    private void finish(Submission submission) {
        if (submission != open) {
            submission.run();
        }
    }

    private void doTask(Task task) {
        Submission submission = submission();
        submission.task(task);
        finish(submission);
    }

    @Override
    public void zero(Matrix target) {
        CudaMatrix to = mine(target);
        doTask(elementwise("zero", to).matrix(to).shape(to.batch(), to.rows(), to.columns()));
    }

    @Override
    public void upload(double[] values, Matrix target) {
        CudaMatrix to = mine(target);
        Objects.checkFromIndexSize(0, to.entries(), values.length);
        Submission submission = submission();
        if (to.isContiguous() && (open == null || to.entries() > SMALL)) {
            submission.step(() -> transfer.writeField(values, to.entries(), to.address()));
        } else {
            long from = submission.sendField(values, Math.toIntExact(to.entries()));
            submission.task(elementwise("copyRows", to)
                    .word(0)
                    .sent(from)
                    .word(to.columns())
                    .word((long) to.rows() * to.columns())
                    .matrix(to)
                    .shape(to.batch(), to.rows(), to.columns()));
        }
        finish(submission);
    }

    @Override
    public void download(Matrix source, double[] values) {
        CudaMatrix from = mine(source);
        Objects.checkFromIndexSize(0, from.entries(), values.length);
        Submission submission = submission();
        if (from.isContiguous() && (open == null || from.entries() > SMALL)) {
            submission.step(() -> transfer.readField(from.address(), values, from.entries()));
        } else {
            long to = submission.receiveField(values, Math.toIntExact(from.entries()));
            submission.task(elementwise("copyRows", from)
                    .word(0)
                    .matrix(from)
                    .received(to)
                    .word(from.columns())
                    .word((long) from.rows() * from.columns())
                    .shape(from.batch(), from.rows(), from.columns()));
        }
        finish(submission);
    }

    @Override
    public void copy(Matrix source, Matrix target) {
        target.requireShapeOf(source);
        doTask(elementwise("copyRows", target)
                .word(0)
                .matrix(mine(source))
                .matrix(mine(target))
                .shape(target.batch(), target.rows(), target.columns()));
    }

    @Override
    public void gatherRows(Matrix source, int[] rows, Matrix target) {
        target.requireShape(source.batch(), rows.length, source.columns());
        for (int row : rows) {
            Objects.checkIndex(row, source.rows());
        }
        Submission submission = submission();
        submission.task(elementwise("copyRows", target)
                .sent(submission.send(Arrays.stream(rows).asLongStream().toArray()))
                .matrix(mine(source))
                .matrix(mine(target))
                .shape(target.batch(), target.rows(), target.columns()));
        finish(submission);
    }

    @Override
    public void gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c) {
        Submission submission = submission();
        CudaProducts.gemm(
                device, submission, open == null, alpha, mine(a), transposeA, mine(b), transposeB, beta, mine(c));
        finish(submission);
    }

    @Override
    public double[] kernelBlock(double alpha, Matrix a, Matrix b) {
        double[] values = new double[Math.multiplyExact(a.batch(), Math.multiplyExact(a.rows(), b.rows()))];
        Submission submission = submission();
        CudaProducts.kernelBlock(submission, alpha, mine(a), mine(b), values);
        finish(submission);
        return values;
    }

    @Override
    public void solveLower(double[] lower, Matrix b) {
        int n = b.rows();
        Submission submission = submission();
        submission.task(new Task("solveLower", Launch.Geometry.COLUMNS, b.batch(), n, b.columns())
                .sent(submission.send(lower, b.batch() * n * n))
                .matrix(mine(b))
                .shape(b.batch(), n, b.columns()));
        finish(submission);
    }

    @Override
    public void activate(Activation activation, Matrix h, Matrix value, Matrix derivative) {
        for (Matrix output : new Matrix[] {value, derivative}) {
            if (output != null) {
                output.requireShapeOf(h);
            }
        }
        int code = ActivationCode.of(activation);
        Submission submission = submission();
        if (code == ActivationCode.NONE) {
            submission.step(() -> activateOnHost(activation, h, value, derivative));
        } else {
            submission.task(elementwise("activate", h)
                    .word(code)
                    .number(activation.beta())
                    .matrix(mine(h))
                    .matrix(value == null ? null : mine(value))
                    .matrix(derivative == null ? null : mine(derivative))
                    .shape(h.batch(), h.rows(), h.columns()));
        }
        finish(submission);
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
        y.requireShapeOf(x);
        doTask(elementwise("add", y)
                .number(alpha)
                .matrix(mine(x))
                .number(beta)
                .matrix(mine(y))
                .shape(y.batch(), y.rows(), y.columns()));
    }

    @Override
    public void multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out) {
        y.requireShapeOf(x);
        out.requireShapeOf(x);
        doTask(elementwise("multiply", out)
                .number(alpha)
                .matrix(mine(x))
                .matrix(mine(y))
                .number(beta)
                .matrix(mine(out))
                .shape(out.batch(), out.rows(), out.columns()));
    }

    @Override
    public void addQuotient(double alpha, Matrix x, double shift, Matrix y, Matrix target) {
        y.requireShapeOf(x);
        target.requireShapeOf(x);
        doTask(elementwise("addQuotient", target)
                .number(alpha)
                .matrix(mine(x))
                .number(shift)
                .matrix(mine(y))
                .matrix(mine(target))
                .shape(target.batch(), target.rows(), target.columns()));
    }

    @Override
    public void scaleRows(double[] scale, Matrix source, Matrix target) {
        target.requireShapeOf(source);
        Objects.checkFromIndexSize(0, source.batch() * source.rows(), scale.length);
        Submission submission = submission();
        submission.task(elementwise("scaleRows", target)
                .sent(submission.send(scale, source.batch() * source.rows()))
                .matrix(mine(source))
                .matrix(mine(target))
                .shape(target.batch(), target.rows(), target.columns()));
        finish(submission);
    }

    @Override
    public double[] rowDot(Matrix x, Matrix y) {
        double[] sums = new double[Math.multiplyExact(x.batch(), x.rows())];
        Submission submission = submission();
        rowDot(submission, x, y, sums);
        finish(submission);
        return sums;
    }

    private static void rowDot(Submission submission, Matrix x, Matrix y, double[] sums) {
        y.requireShapeOf(x);
        if (sums.length > 0) {
            // A block works even on a row without columns: its sum is zero.
            submission.task(new Task("rowDot", Launch.Geometry.ROWS, x.batch(), x.rows(), Math.max(1, x.columns()))
                    .matrix(mine(x))
                    .matrix(mine(y))
                    .received(submission.receive(sums, sums.length))
                    .shape(x.batch(), x.rows(), x.columns()));
        }
    }

    @Override
    public void normal(long[] seeds, long stream, long firstIndex, Matrix out) {
        Objects.checkFromIndexSize(0, out.batch(), seeds.length);
        if (firstIndex < 0) {
            throw new IllegalArgumentException("firstIndex must be >= 0, not " + firstIndex);
        }
        Submission submission = submission();
        // A thread makes the two normals of one Philox block; a row touches at most this many blocks.
        long blocks = out.columns() / 2 + 1L;
        submission.task(new Task("normal", Launch.Geometry.ELEMENTWISE, out.batch(), out.rows(), blocks)
                .sent(submission.send(seeds))
                .word(stream)
                .word(firstIndex)
                .matrix(mine(out))
                .shape(out.batch(), out.rows(), out.columns()));
        finish(submission);
    }

    @Override
    public void addCoarseNoise(double[] scale, long[] seeds, long stream, long firstIndex, Matrix out) {
        Objects.checkFromIndexSize(0, out.batch(), seeds.length);
        Objects.checkFromIndexSize(0, out.batch() * out.rows(), scale.length);
        Submission submission = submission();
        // Four words to a Philox block.
        long blocks = (out.columns() + 2L) / 4 + 1;
        submission.task(new Task("addCoarseNoise", Launch.Geometry.ELEMENTWISE, out.batch(), out.rows(), blocks)
                .sent(submission.send(scale, out.batch() * out.rows()))
                .sent(submission.send(seeds))
                .word(stream)
                .word(firstIndex)
                .matrix(mine(out))
                .shape(out.batch(), out.rows(), out.columns()));
        finish(submission);
    }

    @Override
    public void close() {
        device.close();
    }

    private static Task elementwise(String kernel, Matrix shape) {
        return new Task(kernel, Launch.Geometry.ELEMENTWISE, shape.batch(), shape.rows(), shape.columns());
    }

    private static CudaMatrix mine(Matrix m) {
        return (CudaMatrix) m;
    }
}

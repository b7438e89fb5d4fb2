package org.widthbench.core.backend;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;

/**
 * A backend whose state can be kept and taken up again by another process, whatever computes on it.
 *
 * <p>Every computation on a backend is a fixed sequence of operations: what it does next depends on its settings and on what
 * it has read back so far, nothing else. So a {@linkplain Checkpoint checkpoint} holds what has been read back, the contents
 * of all matrices, and how many operations led there. A second run of the same computation goes through the same
 * operations: up to that number they compute nothing, and what is read comes from the checkpoint; then the matrices get
 * their contents, and the run goes on as the first would have, to the last bit. What the host computes in between is
 * computed again: it is small beside the matrices.
 */
public final class CheckpointingBackend implements Backend {
    /** Checkpoints are few: writing one may take as long as some steps. */
    @FunctionalInterface
    public interface Sink {
        /** Keeps a checkpoint, in place of all earlier ones. */
        void keep(Checkpoint checkpoint);
    }

    private final Backend backend;
    private final Map<Long, Tracked> live = new LinkedHashMap<>();
    private final ReadOuts readOuts;
    private final Checkpoint resumed;
    private long operations;
    private long allocations;
    private boolean restored;

    /**
     * @param backend that computes; closed with this one
     * @param resumed where to go on; null to begin at the beginning
     */
    public CheckpointingBackend(Backend backend, Checkpoint resumed) {
        this.backend = backend;
        this.resumed = resumed;
        this.restored = resumed == null;
        this.readOuts = resumed == null ? new ReadOuts() : new ReadOuts(resumed.readOuts());
    }

    /** Whether operations still repeat what the checkpoint holds. */
    public boolean repeats() {
        return resumed != null && operations < resumed.operations();
    }

    /**
     * Tells {@code progress} of the steps of a computation, and keeps a checkpoint after a step when {@code due} says so.
     *
     * @param due asked once per step that was computed
     */
    public Progress checkpoints(Progress progress, BooleanSupplier due, Sink sink) {
        return (completed, total) -> {
            progress.step(completed, total);
            if (!repeats() && due.getAsBoolean()) {
                sink.keep(checkpoint());
            }
        };
    }

    /** The state now. */
    Checkpoint checkpoint() {
        restore();
        Map<Long, Tensor> matrices = new LinkedHashMap<>();
        live.forEach((number, matrix) -> {
            double[] values = new double[Math.toIntExact(matrix.entries())];
            backend.download(ProxyMatrix.inner(matrix), values);
            matrices.put(number, new Tensor(new int[] {matrix.batch(), matrix.rows(), matrix.columns()}, values));
        });
        return new Checkpoint(operations, readOuts.all(), matrices);
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public Matrix allocate(int batch, int rows, int columns) {
        Tracked matrix = new Tracked(allocations++, backend.allocate(batch, rows, columns));
        live.put(matrix.number, matrix);
        return matrix;
    }

    /** Counts the next operation; whether it is to be computed. Matrices get their contents before the first that is. */
    private boolean computes() {
        boolean computed = !repeats();
        if (computed) {
            restore();
        }
        operations++;
        return computed;
    }

    /** Matrices that have been made since the checkpoint are not in it, and those closed since are not wanted. */
    private void restore() {
        if (restored) {
            return;
        }
        restored = true;
        resumed.matrices().forEach((number, values) -> {
            if (number >= allocations) {
                throw new Checkpoint.MismatchException("it had more matrices");
            }
            Tracked matrix = live.get(number);
            if (matrix != null) {
                if (values.data().length != matrix.entries()) {
                    throw new Checkpoint.MismatchException("a matrix has another size");
                }
                backend.upload(values.data(), ProxyMatrix.inner(matrix));
            }
        });
    }

    @Override
    public void upload(double[] values, Matrix target) {
        if (computes()) {
            backend.upload(values, ProxyMatrix.inner(target));
        }
    }

    @Override
    public void download(Matrix source, double[] values) {
        int count = Math.toIntExact(source.entries());
        if (repeats()) {
            System.arraycopy(readOuts.next(count), 0, values, 0, count);
            computes();
        } else {
            computes();
            backend.download(ProxyMatrix.inner(source), values);
            readOuts.add(values, count);
        }
    }

    @Override
    public void copy(Matrix source, Matrix target) {
        if (computes()) {
            backend.copy(ProxyMatrix.inner(source), ProxyMatrix.inner(target));
        }
    }

    @Override
    public void gatherRows(Matrix source, int[] rows, Matrix target) {
        if (computes()) {
            backend.gatherRows(ProxyMatrix.inner(source), rows, ProxyMatrix.inner(target));
        }
    }

    @Override
    public void gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c) {
        if (computes()) {
            backend.gemm(
                    alpha,
                    ProxyMatrix.inner(a),
                    transposeA,
                    ProxyMatrix.inner(b),
                    transposeB,
                    beta,
                    ProxyMatrix.inner(c));
        }
    }

    @Override
    public void solveLower(double[] lower, Matrix b) {
        if (computes()) {
            backend.solveLower(lower, ProxyMatrix.inner(b));
        }
    }

    @Override
    public void activate(Activation activation, Matrix h, Matrix value, Matrix derivative) {
        if (computes()) {
            backend.activate(activation, ProxyMatrix.inner(h), ProxyMatrix.inner(value), ProxyMatrix.inner(derivative));
        }
    }

    @Override
    public void add(double alpha, Matrix x, double beta, Matrix y) {
        if (computes()) {
            backend.add(alpha, ProxyMatrix.inner(x), beta, ProxyMatrix.inner(y));
        }
    }

    @Override
    public void multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out) {
        if (computes()) {
            backend.multiply(alpha, ProxyMatrix.inner(x), ProxyMatrix.inner(y), beta, ProxyMatrix.inner(out));
        }
    }

    @Override
    public void addQuotient(double alpha, Matrix x, double shift, Matrix y, Matrix target) {
        if (computes()) {
            backend.addQuotient(alpha, ProxyMatrix.inner(x), shift, ProxyMatrix.inner(y), ProxyMatrix.inner(target));
        }
    }

    @Override
    public void scaleRows(double[] scale, Matrix source, Matrix target) {
        if (computes()) {
            backend.scaleRows(scale, ProxyMatrix.inner(source), ProxyMatrix.inner(target));
        }
    }

    @Override
    public double[] kernelBlock(double alpha, Matrix a, Matrix b) {
        int count = Math.multiplyExact(a.batch(), Math.multiplyExact(a.rows(), b.rows()));
        if (repeats()) {
            double[] values = readOuts.next(count);
            computes();
            return values;
        }
        computes();
        return readOuts.add(backend.kernelBlock(alpha, ProxyMatrix.inner(a), ProxyMatrix.inner(b)), count);
    }

    @Override
    public double[] rowDot(Matrix x, Matrix y) {
        int count = Math.multiplyExact(x.batch(), x.rows());
        if (repeats()) {
            double[] values = readOuts.next(count);
            computes();
            return values;
        }
        computes();
        return readOuts.add(backend.rowDot(ProxyMatrix.inner(x), ProxyMatrix.inner(y)), count);
    }

    @Override
    public void normal(long[] seeds, long stream, long firstIndex, Matrix out) {
        if (computes()) {
            backend.normal(seeds, stream, firstIndex, ProxyMatrix.inner(out));
        }
    }

    @Override
    public void addCoarseNoise(double[] scale, long[] seeds, long stream, long firstIndex, Matrix out) {
        if (computes()) {
            backend.addCoarseNoise(scale, seeds, stream, firstIndex, ProxyMatrix.inner(out));
        }
    }

    @Override
    public void close() {
        backend.close();
    }

    /** A matrix of the backend that computes. */
    private final class Tracked extends ProxyMatrix {
        private final long number;

        Tracked(long number, Matrix inner) {
            super(inner);
            this.number = number;
        }

        @Override
        public void close() {
            live.remove(number);
            ProxyMatrix.inner(this).close();
        }
    }
}

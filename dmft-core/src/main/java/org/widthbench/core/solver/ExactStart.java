package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.Field;

/**
 * Takes the sampling error out of a field's kernel at t = 0, where the kernel is known exactly ({@code docs/theory.md} 4.1
 * "Exact start"). The field v is shifted at all times by the same combination of its own values at t = 0, times the share of
 * them that it still holds, {@code b_mu(t) = <v_mu(t) v_mu(0)> / <v_mu(0)^2>},
 *
 * <pre>  v(t) + b(t) D v(0),   (1 + D) A (1 + D) = K,   A = &lt;v(0) v(0)^T&gt; sampled, K exact,</pre>
 *
 * with the symmetric D that moves v(0) least on average, {@code 1 + D = A^-1/2 (A^1/2 K A^1/2)^1/2 A^-1/2}. What is left is
 * the kernel of actual fields and so positive, which a kernel that was corrected entry by entry need not be. What the shift
 * of gradients means for the output {@link SampledNeurons#addStartCorrection} adds.
 */
final class ExactStart implements AutoCloseable {
    /** Directions of less variance, relative to the largest, stay as they are: the default pivot tolerance is coarser. */
    private static final double RANK_TOLERANCE = 1e-6;

    private final Backend backend;
    private final double[] exact;
    private final Matrix start;
    private final Matrix shift;
    /** What the field of the newest time was shifted by. */
    private final Matrix added;

    private double[] power;

    /**
     * @param exact K, {@code (rows, rows)}
     * @param samples S
     */
    ExactStart(Backend backend, double[] exact, int samples) {
        int rows = (int) Math.round(Math.sqrt(exact.length));
        this.backend = backend;
        this.exact = exact;
        this.start = backend.allocate(1, rows, samples);
        this.shift = backend.allocate(1, rows, samples);
        this.added = backend.allocate(1, rows, samples);
    }

    /** Shifts the field of one time, and its free companion alike; at time 0 first finds the shift. */
    void correct(int step, Field field) {
        if (step == 0) {
            begin(field.value());
        }
        double[] share = backend.rowDot(field.value(), start);
        for (int row = 0; row < share.length; row++) {
            share[row] = power[row] > 0 ? share[row] / power[row] : 0;
        }
        backend.scaleRows(share, shift, added);
        backend.add(1, added, 1, field.value());
        backend.add(1, added, 1, field.free());
    }

    /** {@code D v(0)}. */
    private void begin(Matrix field) {
        backend.copy(field, start);
        power = backend.rowDot(start, start);
        double[] sampled = backend.kernelBlock(1.0 / start.columns(), start, start);
        try (Matrix d = backend.allocate(1, start.rows(), start.rows())) {
            backend.upload(displacement(sampled, exact, start.rows()), d);
            backend.gemm(1, d, false, start, false, 0, shift);
        }
    }

    /** What the newest field was shifted by. */
    Matrix added() {
        return added;
    }

    /**
     * D, zero outside the directions that the samples have.
     *
     * @param sampled A, {@code (q, q)}
     * @param exact K, {@code (q, q)}
     */
    static double[] displacement(double[] sampled, double[] exact, int q) {
        KernelRoot root = KernelRoot.of(sampled, q, "a kernel at t = 0");
        int rank = root.rank(RANK_TOLERANCE);
        if (rank == 0) {
            return new double[q * q];
        }
        double[] basis = new double[q * rank];
        for (int i = 0; i < q; i++) {
            System.arraycopy(root.vectors(), i * q, basis, i * rank, rank);
        }
        double[] transposed = DenseMath.transpose(basis, q, rank);
        double[] size = new double[rank];
        Arrays.setAll(size, j -> Math.sqrt(root.values()[j]));
        double[] middle = DenseMath.product(transposed, DenseMath.product(exact, basis, q, q, rank), rank, q, rank);
        for (int i = 0; i < middle.length; i++) {
            middle[i] *= size[i / rank] * size[i % rank];
        }
        double[] moved = KernelRoot.of(middle, rank, "a kernel at t = 0").symmetric();
        for (int i = 0; i < moved.length; i++) {
            moved[i] = moved[i] / (size[i / rank] * size[i % rank]) - (i / rank == i % rank ? 1 : 0);
        }
        return DenseMath.product(basis, DenseMath.product(moved, transposed, rank, rank, q), q, rank, q);
    }

    @Override
    public void close() {
        start.close();
        added.close();
        shift.close();
    }
}

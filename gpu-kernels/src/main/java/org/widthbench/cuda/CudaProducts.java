package org.widthbench.cuda;

import org.widthbench.core.backend.Matrix;

/** The products of {@link CudaBackend}, as tasks of a submission. */
final class CudaProducts {
    /** Blocks that fill a large GPU; sums are cut into slices until there are as many. */
    private static final int INNER_BLOCKS = 1024;
    /** Shorter slices would cost more in partial results than they gain. */
    private static final int INNER_SLICE = 256;
    /** Rows up to which the flat tiles of {@code gemmFlat} waste less than square ones. */
    private static final int FLAT_ROWS = 32;
    /** Flops from which a product of a group is better left to cuBLAS: some ten microseconds of a large GPU. */
    private static final double LIBRARY_FLOPS = 3e8;

    private CudaProducts() {}

    /**
     * {@link org.widthbench.core.backend.Backend#gemm}, by cuBLAS where the device has it.
     *
     * @param alone false if other operations may share a launch: small products then do without cuBLAS
     */
    static void gemm(
            Device device,
            Submission submission,
            boolean alone,
            double alpha,
            CudaMatrix a,
            boolean transposeA,
            CudaMatrix b,
            boolean transposeB,
            double beta,
            CudaMatrix c) {
        int terms = Matrix.terms(a, transposeA, b, transposeB, c);
        if (c.entries() == 0) {
            return;
        }
        boolean flat = c.rows() <= FLAT_ROWS;
        Task own = new Task(
                        flat ? "gemmFlat" : "gemmSquare",
                        flat ? Launch.Geometry.FLAT_TILES : Launch.Geometry.SQUARE_TILES,
                        c.batch(),
                        c.rows(),
                        c.columns())
                .number(alpha)
                .matrix(a)
                .flag(transposeA)
                .matrix(b)
                .flag(transposeB)
                .number(beta)
                .matrix(c)
                .shape(c.batch(), c.rows(), c.columns())
                .word(terms);
        double flops = 2.0 * c.rows() * c.columns() * terms;
        if (device.hasProducts() && (alone || flops >= LIBRARY_FLOPS)) {
            submission.step(() -> {
                if (!device.product(alpha, a, transposeA, b, transposeB, beta, c, terms)) {
                    submission.launchNow(own);
                }
            });
        } else {
            submission.task(own);
        }
    }

    /**
     * {@link org.widthbench.core.backend.Backend#kernelBlock}.
     *
     * @param values receives {@code (batch, m, n)}
     */
    static void kernelBlock(Submission submission, double alpha, CudaMatrix a, CudaMatrix b, double[] values) {
        if (a.batch() != b.batch() || a.columns() != b.columns()) {
            throw new IllegalArgumentException("kernel block of " + a + " and " + b);
        }
        if (values.length == 0) {
            return;
        }
        boolean symmetric = a == b;
        int m = a.rows();
        int n = b.rows();
        long tiles = (long) ceilDiv(m, Launch.INNER_TILE) * ceilDiv(n, Launch.INNER_TILE);
        long slices = Math.max(1, Math.min(INNER_BLOCKS / tiles, ceilDiv(a.columns(), INNER_SLICE)));
        long partial = submission.scratch(
                Double.BYTES * slices * a.batch() * m * n,
                slices + " partial sums of " + a.batch() + " x " + m + " x " + n + " kernel blocks");
        submission.task(new Task("innerSlices", Launch.Geometry.INNER_TILES, slices * a.batch(), m, n)
                .matrix(a)
                .matrix(b)
                .word(partial)
                .word(slices)
                .flag(symmetric)
                .shape(a.batch(), m, n)
                .word(a.columns()));
        submission.task(new Task("innerSum", Launch.Geometry.ELEMENTWISE, a.batch(), m, n)
                .number(alpha)
                .word(partial)
                .word(slices)
                .flag(symmetric)
                .received(submission.receive(values, values.length))
                .shape(a.batch(), m, n));
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }
}

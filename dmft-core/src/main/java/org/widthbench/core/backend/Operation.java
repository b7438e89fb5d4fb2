package org.widthbench.core.backend;

import org.widthbench.core.activation.Activation;

/**
 * One call of a {@link Backend}, to be made later or together with others of its kind: see {@link Backend#submit}. The
 * members are the arguments of the method of the same name; arrays must not change until the operation is done, and those
 * named {@code result} are filled by it.
 */
public sealed interface Operation {

    /** Makes the call, on the backend that the matrices belong to. */
    void on(Backend backend);

    /** {@link Backend#zero}. */
    record Zero(Matrix target) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.zero(target);
        }
    }

    /** {@link Backend#upload}. */
    record Upload(double[] values, Matrix target) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.upload(values, target);
        }
    }

    /** {@link Backend#download}. */
    record Download(Matrix source, double[] result) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.download(source, result);
        }
    }

    /** {@link Backend#copy}. */
    record Copy(Matrix source, Matrix target) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.copy(source, target);
        }
    }

    /** {@link Backend#gatherRows}. */
    record GatherRows(Matrix source, int[] rows, Matrix target) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.gatherRows(source, rows, target);
        }
    }

    /** {@link Backend#gemm}. */
    record Gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c)
            implements Operation {
        @Override
        public void on(Backend backend) {
            backend.gemm(alpha, a, transposeA, b, transposeB, beta, c);
        }
    }

    /** {@link Backend#solveLower}. */
    record SolveLower(double[] lower, Matrix b) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.solveLower(lower, b);
        }
    }

    /** {@link Backend#activate}. */
    record Activate(Activation activation, Matrix h, Matrix value, Matrix derivative) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.activate(activation, h, value, derivative);
        }
    }

    /** {@link Backend#add}. */
    record Add(double alpha, Matrix x, double beta, Matrix y) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.add(alpha, x, beta, y);
        }
    }

    /** {@link Backend#multiply}. */
    record Multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.multiply(alpha, x, y, beta, out);
        }
    }

    /** {@link Backend#addQuotient}. */
    record AddQuotient(double alpha, Matrix x, double shift, Matrix y, Matrix target) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.addQuotient(alpha, x, shift, y, target);
        }
    }

    /** {@link Backend#scaleRows}. */
    record ScaleRows(double[] scale, Matrix source, Matrix target) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.scaleRows(scale, source, target);
        }
    }

    /** {@link Backend#kernelBlock}. */
    record KernelBlock(double alpha, Matrix a, Matrix b, double[] result) implements Operation {
        @Override
        public void on(Backend backend) {
            double[] block = backend.kernelBlock(alpha, a, b);
            System.arraycopy(block, 0, result, 0, block.length);
        }
    }

    /** {@link Backend#rowDot}. */
    record RowDot(Matrix x, Matrix y, double[] result) implements Operation {
        @Override
        public void on(Backend backend) {
            double[] sums = backend.rowDot(x, y);
            System.arraycopy(sums, 0, result, 0, sums.length);
        }
    }

    /** {@link Backend#normal}. */
    record Normal(long[] seeds, long stream, long firstIndex, Matrix out) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.normal(seeds, stream, firstIndex, out);
        }
    }

    /** {@link Backend#addCoarseNoise}. */
    record CoarseNoise(double[] scale, long[] seeds, long stream, long firstIndex, Matrix out) implements Operation {
        @Override
        public void on(Backend backend) {
            backend.addCoarseNoise(scale, seeds, stream, firstIndex, out);
        }
    }
}

package org.widthbench.cuda;

import com.sun.jna.Pointer;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.FieldPrecision;

/** Products by cuBLAS in IEEE arithmetic; TF32 stays off, its error of 5e-4 would be larger than the solver's. */
final class CublasLibrary {
    /** Set to {@code false} to compute products with this project's own kernels, whose sums do not depend on a version. */
    static final String SWITCH = "widthbench.cuda.cublas";

    private static final int SUCCESS = 0;
    /** {@code CUBLAS_OP_N} and {@code CUBLAS_OP_T}. */
    private static final int AS_IT_IS = 0;

    private static final int TRANSPOSED = 1;

    private final ToolkitLibrary library;
    private final Pointer handle;
    private final boolean single;
    private final String version;

    private CublasLibrary(ToolkitLibrary library, Pointer handle, boolean single, String version) {
        this.library = library;
        this.handle = handle;
        this.single = single;
        this.version = version;
    }

    /**
     * Loads cuBLAS.
     *
     * @param stream address of the stream that its work goes to
     * @return null where cuBLAS is not installed, does not start, or is switched off
     */
    static CublasLibrary load(long stream, FieldPrecision precision) {
        if (!Boolean.parseBoolean(System.getProperty(SWITCH, "true"))) {
            return null;
        }
        try {
            ToolkitLibrary library = ToolkitLibrary.load("cublas");
            Pointer[] handle = new Pointer[1];
            if (library.call("cublasCreate_v2", (Object) handle) != SUCCESS) {
                return null;
            }
            int[] version = new int[1];
            if (library.call("cublasGetVersion_v2", handle[0], version) != SUCCESS
                    || library.call("cublasSetStream_v2", handle[0], new Pointer(stream)) != SUCCESS) {
                library.call("cublasDestroy_v2", handle[0]);
                return null;
            }
            return new CublasLibrary(
                    library,
                    handle[0],
                    precision == FieldPrecision.FLOAT32,
                    version[0] / 10_000 + "." + version[0] % 10_000 / 100);
        } catch (LinkageError missing) {
            return null;
        }
    }

    String version() {
        return version;
    }

    /** As {@link Device#product}. */
    boolean product(
            double alpha,
            CudaMatrix a,
            boolean transposeA,
            CudaMatrix b,
            boolean transposeB,
            double beta,
            CudaMatrix c,
            int inner) {
        if (Math.max(a.stride(), Math.max(b.stride(), c.stride())) > Integer.MAX_VALUE) {
            return false;
        }
        // cuBLAS is column-major: our row-major matrices are its transposes, and c^T = op(b)^T op(a)^T.
        int opA = transposeA ? TRANSPOSED : AS_IT_IS;
        int opB = transposeB ? TRANSPOSED : AS_IT_IS;
        int status = library.call(
                single ? "cublasSgemmStridedBatched" : "cublasDgemmStridedBatched",
                handle,
                opB,
                opA,
                c.columns(),
                c.rows(),
                inner,
                scalar(alpha),
                new Pointer(b.address()),
                leading(b),
                b.batchStride(),
                new Pointer(a.address()),
                leading(a),
                a.batchStride(),
                scalar(beta),
                new Pointer(c.address()),
                leading(c),
                c.batchStride(),
                c.batch());
        if (status != SUCCESS) {
            throw new SolverException("CUDA: cuBLAS product into " + c + ", inner length " + inner + ", failed with "
                    + library.text("cublasGetStatusName", status) + "; run with -D" + SWITCH
                    + "=false or with --device cpu");
        }
        return true;
    }

    private Object scalar(double value) {
        return single ? new float[] {(float) value} : new double[] {value};
    }

    private static int leading(CudaMatrix m) {
        return (int) Math.max(1, m.stride());
    }

    void close() {
        library.call("cublasDestroy_v2", handle);
    }
}

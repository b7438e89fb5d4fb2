package org.widthbench.cuda;

import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.FieldPrecision;

/** Products by cuBLAS in IEEE arithmetic; TF32 stays off, its error of 5e-4 would be larger than the solver's. */
final class CublasLibrary {
    /** Set to {@code false} to compute products with this project's own kernels, whose sums do not depend on a version. */
    static final String SWITCH = "widthbench.cuda.cublas";

    private final cublasHandle handle;
    private final boolean single;
    private final String version;

    private CublasLibrary(cublasHandle handle, boolean single, String version) {
        this.handle = handle;
        this.single = single;
        this.version = version;
    }

    /** @return null where cuBLAS is not installed, does not start, or is switched off */
    static CublasLibrary load(CUstream stream, FieldPrecision precision) {
        if (!Boolean.parseBoolean(System.getProperty(SWITCH, "true"))) {
            return null;
        }
        try {
            JCudaLibraries.load(JCublas2.class, "JCublas2");
            JCublas2.setExceptionsEnabled(false);
            cublasHandle handle = new cublasHandle();
            if (JCublas2.cublasCreate(handle) != cublasStatus.CUBLAS_STATUS_SUCCESS) {
                return null;
            }
            int[] version = new int[1];
            if (JCublas2.cublasGetVersion(handle, version) != cublasStatus.CUBLAS_STATUS_SUCCESS
                    || JCublas2.cublasSetStream(handle, new cudaStream_t(stream))
                            != cublasStatus.CUBLAS_STATUS_SUCCESS) {
                JCublas2.cublasDestroy(handle);
                return null;
            }
            return new CublasLibrary(
                    handle, precision == FieldPrecision.FLOAT32, version[0] / 10_000 + "." + version[0] % 10_000 / 100);
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
        int opA = transposeA ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
        int opB = transposeB ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
        Pointer left = new DeviceAddress(b.address());
        Pointer right = new DeviceAddress(a.address());
        Pointer out = new DeviceAddress(c.address());
        int status = single
                ? JCublas2.cublasSgemmStridedBatched(
                        handle,
                        opB,
                        opA,
                        c.columns(),
                        c.rows(),
                        inner,
                        Pointer.to(new float[] {(float) alpha}),
                        left,
                        leading(b),
                        b.batchStride(),
                        right,
                        leading(a),
                        a.batchStride(),
                        Pointer.to(new float[] {(float) beta}),
                        out,
                        leading(c),
                        c.batchStride(),
                        c.batch())
                : JCublas2.cublasDgemmStridedBatched(
                        handle,
                        opB,
                        opA,
                        c.columns(),
                        c.rows(),
                        inner,
                        Pointer.to(new double[] {alpha}),
                        left,
                        leading(b),
                        b.batchStride(),
                        right,
                        leading(a),
                        a.batchStride(),
                        Pointer.to(new double[] {beta}),
                        out,
                        leading(c),
                        c.batchStride(),
                        c.batch());
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new SolverException("CUDA: cuBLAS product into " + c + ", inner length " + inner + ", failed with "
                    + cublasStatus.stringFor(status) + "; run with -D" + SWITCH + "=false or with --device cpu");
        }
        return true;
    }

    private static int leading(CudaMatrix m) {
        return (int) Math.max(1, m.stride());
    }

    void close() {
        JCublas2.cublasDestroy(handle);
    }
}

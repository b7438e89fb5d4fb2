package org.widthbench.cuda;

import java.util.List;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.BackendProvider;
import org.widthbench.core.backend.FieldPrecision;

/** {@code --device cuda[:n]}: the NVIDIA GPUs that the driver lists. */
public final class CudaBackendProvider implements BackendProvider {
    /** A GPU is preferred to the CPU. */
    private static final int PREFERENCE = 10;

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int preference() {
        return PREFERENCE;
    }

    @Override
    public List<String> devices() {
        return CudaDriver.get().gpus().stream().map(CudaDriver.Gpu::toString).toList();
    }

    @Override
    public String obstacle() {
        return CudaDriver.get().obstacle();
    }

    /** What compiles kernels and computes products here, or what was looked for and where. */
    public static String toolkit() {
        return "NVRTC: " + ToolkitLibrary.report("nvrtc") + "; cuBLAS: " + ToolkitLibrary.report("cublas")
                + "; PTX of the build: "
                + (KernelCompiler.shippedPtx(FieldPrecision.FLOAT32).isPresent() ? "yes" : "none");
    }

    @Override
    public FieldPrecision usual() {
        return FieldPrecision.FLOAT32;
    }

    @Override
    public Backend open(int device, FieldPrecision precision) {
        CudaDriver.Gpu gpu = CudaDriver.get().gpus().get(device);
        return new CudaBackend(new JCudaDevice(gpu, precision, new KernelCompiler(KernelCache.ofUser())));
    }
}

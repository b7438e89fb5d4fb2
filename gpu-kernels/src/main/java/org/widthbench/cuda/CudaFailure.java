package org.widthbench.cuda;

import java.util.Locale;
import jcuda.driver.CUresult;
import org.widthbench.core.DeviceMemoryException;
import org.widthbench.core.SolverException;

/** Turns return codes of the CUDA libraries into one-line errors that name the call, what it was for, and the remedy. */
final class CudaFailure {
    private static final double MEGABYTE = 1e6;

    private CudaFailure() {}

    /**
     * @param status what a driver function returned
     * @param call the function, with what it worked on
     * @throws SolverException unless the status is success
     */
    static void check(int status, String call) {
        if (status != CUresult.CUDA_SUCCESS) {
            throw new SolverException(
                    "CUDA: " + call + " failed with " + CUresult.stringFor(status) + "; " + remedy(status));
        }
    }

    private static String remedy(int status) {
        return switch (status) {
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
                    CUresult.CUDA_ERROR_DEINITIALIZED,
                    CUresult.CUDA_ERROR_NO_DEVICE,
                    CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
                    CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
                    CUresult.CUDA_ERROR_UNKNOWN ->
                "the device is gone: see nvidia-smi, then run again, or with --device cpu";
            case CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION, CUresult.CUDA_ERROR_INVALID_PTX ->
                "update the NVIDIA driver, or run with --device cpu";
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY -> "lower theory.samples, or run with --device cpu";
            default -> "run again; with --device cpu if it fails again";
        };
    }

    /** Memory is exhausted even after everything kept in reserve was given back. */
    static DeviceMemoryException outOfMemory(String what, long asked, long free, long total) {
        return new DeviceMemoryException(
                "CUDA: out of memory: " + what + " needs " + megabytes(asked) + ", "
                        + megabytes(free) + " of " + megabytes(total)
                        + " are free; lower theory.samples (for a network its width), record fewer times, or run with --device cpu");
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
    }
}

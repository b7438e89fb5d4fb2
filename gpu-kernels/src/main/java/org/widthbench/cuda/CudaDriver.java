package org.widthbench.cuda;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Which GPUs there are, asked once per process; without a driver, why there are none. */
final class CudaDriver {
    private static final int NAME_BYTES = 256;
    private static final int VERSION_MAJOR = 1000;
    private static final int VERSION_MINOR = 10;
    private static final double GIGABYTE = 1e9;
    private static final String NO_DRIVER = "no NVIDIA driver (libcuda.so.1 cannot be loaded); install it to use a GPU";

    /**
     * One GPU.
     *
     * @param number as in {@code cuda:number}
     * @param name what the driver calls it
     * @param capability compute capability, 10 major + minor, such as 90 for Hopper
     * @param bytes of memory
     */
    record Gpu(int number, String name, int capability, long bytes) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s (sm_%d, %.0f GB)", name, capability, bytes / GIGABYTE);
        }
    }

    /** What the probe found, loaded when it is first asked for. */
    private static final class Found {
        private static final CudaDriver DRIVER = probe();
    }

    private final List<Gpu> gpus;
    private final String version;
    private final String obstacle;

    private CudaDriver(List<Gpu> gpus, String version, String obstacle) {
        this.gpus = List.copyOf(gpus);
        this.version = version;
        this.obstacle = obstacle;
    }

    static CudaDriver get() {
        return Found.DRIVER;
    }

    /** All GPUs, in the driver's order. */
    List<Gpu> gpus() {
        return gpus;
    }

    /** The CUDA version that the driver supports. */
    String version() {
        return version;
    }

    /** Why there are no GPUs, with the remedy; empty if there are. */
    String obstacle() {
        return obstacle;
    }

    private static CudaDriver probe() {
        try {
            if (!JCudaLibraries.systemHas("libcuda.so.1")) {
                return none(NO_DRIVER);
            }
            JCudaLibraries.load(JCudaDriver.class, "JCudaDriver");
            JCudaDriver.setExceptionsEnabled(false);
            int status = JCudaDriver.cuInit(0);
            if (status != CUresult.CUDA_SUCCESS) {
                return none("the NVIDIA driver answers " + CUresult.stringFor(status)
                        + "; check that nvidia-smi lists a GPU, and CUDA_VISIBLE_DEVICES");
            }
            int[] number = new int[1];
            JCudaDriver.cuDriverGetVersion(number);
            String version = number[0] / VERSION_MAJOR + "." + number[0] % VERSION_MAJOR / VERSION_MINOR;
            JCudaDriver.cuDeviceGetCount(number);
            int count = number[0];
            List<Gpu> gpus = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                gpus.add(describe(i));
            }
            return gpus.isEmpty()
                    ? none("the NVIDIA driver finds no GPU; check nvidia-smi and CUDA_VISIBLE_DEVICES")
                    : new CudaDriver(gpus, version, "");
        } catch (LinkageError missing) {
            return none(NO_DRIVER);
        }
    }

    private static CudaDriver none(String reason) {
        return new CudaDriver(List.of(), "", reason);
    }

    private static Gpu describe(int number) {
        CUdevice device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, number);
        byte[] name = new byte[NAME_BYTES];
        JCudaDriver.cuDeviceGetName(name, NAME_BYTES, device);
        String text = new String(name, StandardCharsets.UTF_8);
        int[] major = new int[1];
        int[] minor = new int[1];
        JCudaDriver.cuDeviceGetAttribute(
                major, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
        JCudaDriver.cuDeviceGetAttribute(
                minor, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
        long[] bytes = new long[1];
        JCudaDriver.cuDeviceTotalMem(bytes, device);
        return new Gpu(number, text.substring(0, Math.max(0, text.indexOf('\0'))), 10 * major[0] + minor[0], bytes[0]);
    }
}

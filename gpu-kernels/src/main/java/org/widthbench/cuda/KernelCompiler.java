package org.widthbench.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.FieldPrecision;

/**
 * Makes images of the kernels that the driver can load: NVRTC compiles for the very device and the result is cached on
 * disk; where no NVRTC is installed, the PTX of the jar, if it was built where nvcc was, is left to the driver's compiler.
 */
final class KernelCompiler {
    /** What our PTX needs is as old as this version; compilers stamp their own, which older drivers refuse. */
    private static final String PTX_VERSION = ".version 6.3";
    /** The oldest devices that the PTX of the jar is made for. */
    private static final int PTX_CAPABILITY = 75;

    private final KernelCache cache;

    KernelCompiler(KernelCache cache) {
        this.cache = cache;
    }

    /**
     * @param capability of the device, such as 90
     * @return a cubin or null-terminated PTX
     * @throws SolverException naming what is missing if there is no way to an image
     */
    byte[] image(int capability, FieldPrecision precision) {
        String obstacle;
        try {
            return compile(capability, precision);
        } catch (LinkageError missing) {
            obstacle = "NVRTC of CUDA 12 is not installed (libnvrtc.so.12 cannot be loaded)";
        } catch (SolverException failure) {
            obstacle = failure.getMessage();
        }
        Optional<byte[]> shipped = capability >= PTX_CAPABILITY ? shippedPtx(precision) : Optional.empty();
        String reason = obstacle;
        return shipped.orElseThrow(() -> new SolverException("CUDA: no kernels for sm_" + capability + ": " + reason
                + " and this build carries no PTX for it; install NVRTC of CUDA 12 on LD_LIBRARY_PATH"
                + " (package nvidia-cuda-nvrtc-cu12), or build where nvcc is"));
    }

    private byte[] compile(int capability, FieldPrecision precision) {
        JCudaLibraries.load(JNvrtc.class, "JNvrtc");
        JNvrtc.setExceptionsEnabled(false);
        int[] major = new int[1];
        int[] minor = new int[1];
        JNvrtc.nvrtcVersion(major, minor);
        int target = target(capability);
        boolean exact = target == capability;
        List<String> options = List.of(
                "--gpu-architecture=" + (exact ? "sm_" : "compute_") + target,
                "--std=c++17",
                KernelSources.option(precision));
        Map<String, String> files = KernelSources.files();
        String key = "NVRTC " + major[0] + "." + minor[0] + options + KernelSources.program() + files;
        Optional<byte[]> kept = cache.find(key);
        if (kept.isPresent()) {
            return kept.get();
        }
        byte[] image = compile(files, options, exact);
        cache.put(key, image);
        return image;
    }

    /** The device's own architecture, or the newest older one that this NVRTC knows. */
    private static int target(int capability) {
        int[] count = new int[1];
        check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
        int[] known = new int[count[0]];
        check(JNvrtc.nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
        return Arrays.stream(known)
                .filter(k -> k <= capability)
                .max()
                .orElseThrow(() -> new SolverException("NVRTC does not know sm_" + capability));
    }

    private static byte[] compile(Map<String, String> files, List<String> options, boolean cubin) {
        nvrtcProgram program = new nvrtcProgram();
        String[] names = files.keySet().toArray(String[]::new);
        String[] sources = files.values().toArray(String[]::new);
        check(
                JNvrtc.nvrtcCreateProgram(
                        program, KernelSources.program(), "widthbench.cu", names.length, sources, names),
                "nvrtcCreateProgram");
        try {
            int status = JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
            if (status != nvrtcResult.NVRTC_SUCCESS) {
                String[] log = {""};
                JNvrtc.nvrtcGetProgramLog(program, log);
                throw new SolverException("NVRTC: " + nvrtcResult.stringFor(status) + " with " + options + ": "
                        + log[0].strip().lines().findFirst().orElse("no message"));
            }
            return cubin ? cubin(program) : ptx(program);
        } finally {
            JNvrtc.nvrtcDestroyProgram(program);
        }
    }

    private static byte[] cubin(nvrtcProgram program) {
        long[] size = new long[1];
        check(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
        byte[] image = new byte[Math.toIntExact(size[0])];
        check(JNvrtc.nvrtcGetCUBIN(program, image), "nvrtcGetCUBIN");
        return image;
    }

    private static byte[] ptx(nvrtcProgram program) {
        String[] text = new String[1];
        check(JNvrtc.nvrtcGetPTX(program, text), "nvrtcGetPTX");
        return terminated(text[0]);
    }

    private static void check(int status, String call) {
        if (status != nvrtcResult.NVRTC_SUCCESS) {
            throw new SolverException("NVRTC: " + call + " failed with " + nvrtcResult.stringFor(status));
        }
    }

    /** PTX of the jar, stamped with a version that old drivers take. */
    static Optional<byte[]> shippedPtx(FieldPrecision precision) {
        String name = "kernels/" + precision + ".ptx";
        try (InputStream in = KernelCompiler.class.getResourceAsStream(name)) {
            if (in == null) {
                return Optional.empty();
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Optional.of(terminated(text.replaceFirst("(?m)^\\.version .*", PTX_VERSION)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] terminated(String text) {
        byte[] bytes = text.strip().getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}

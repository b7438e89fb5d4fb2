package org.widthbench.cuda;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.FieldPrecision;

/**
 * Makes images of the kernels that the driver can load: NVRTC compiles for the very device and the result is cached on
 * disk; where no NVRTC is installed, the PTX of the jar, if it was built where nvcc was, is left to the driver's compiler.
 */
final class KernelCompiler {
    /** What our PTX needs is as old as this version; compilers stamp their own, which older drivers refuse. */
    private static final String PTX_VERSION = ".version 6.3";
    /** {@code NVRTC_SUCCESS}. */
    private static final int SUCCESS = 0;
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
            obstacle = "NVRTC is not installed (" + missing.getMessage() + ")";
        } catch (SolverException failure) {
            obstacle = failure.getMessage();
        }
        Optional<byte[]> shipped = capability >= PTX_CAPABILITY ? shippedPtx(precision) : Optional.empty();
        String reason = obstacle;
        return shipped.orElseThrow(() -> new SolverException("CUDA: no kernels for sm_" + capability + ": " + reason
                + " and this build carries no PTX for it; install NVRTC of CUDA 13 or 12"
                + " (packages cuda-nvrtc-13-0, nvidia-cuda-nvrtc), or build where nvcc is"));
    }

    private byte[] compile(int capability, FieldPrecision precision) {
        ToolkitLibrary nvrtc = ToolkitLibrary.load("nvrtc");
        int[] major = new int[1];
        int[] minor = new int[1];
        call(nvrtc, "nvrtcVersion", major, minor);
        int target = target(nvrtc, capability);
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
        byte[] image = compile(nvrtc, files, options, exact);
        cache.put(key, image);
        return image;
    }

    /** The device's own architecture, or the newest older one that this NVRTC knows. */
    private static int target(ToolkitLibrary nvrtc, int capability) {
        int[] count = new int[1];
        call(nvrtc, "nvrtcGetNumSupportedArchs", (Object) count);
        int[] known = new int[count[0]];
        call(nvrtc, "nvrtcGetSupportedArchs", (Object) known);
        return Arrays.stream(known)
                .filter(k -> k <= capability)
                .max()
                .orElseThrow(() -> new SolverException("NVRTC does not know sm_" + capability));
    }

    private static byte[] compile(
            ToolkitLibrary nvrtc, Map<String, String> files, List<String> options, boolean cubin) {
        Pointer[] program = new Pointer[1];
        String[] names = files.keySet().toArray(String[]::new);
        String[] sources = files.values().toArray(String[]::new);
        call(
                nvrtc,
                "nvrtcCreateProgram",
                program,
                KernelSources.program(),
                "widthbench.cu",
                names.length,
                sources,
                names);
        try {
            int status = nvrtc.call("nvrtcCompileProgram", program[0], options.size(), options.toArray(String[]::new));
            if (status != SUCCESS) {
                String log = new String(result(nvrtc, "nvrtcGetProgramLog", program[0]), StandardCharsets.UTF_8);
                throw new SolverException("NVRTC: " + nvrtc.text("nvrtcGetErrorString", status) + " with " + options
                        + ": "
                        + log.replace("\0", "").strip().lines().findFirst().orElse("no message"));
            }
            return result(nvrtc, cubin ? "nvrtcGetCUBIN" : "nvrtcGetPTX", program[0]);
        } finally {
            nvrtc.call("nvrtcDestroyProgram", (Object) program);
        }
    }

    /** What a pair of functions, {@code name + "Size"} and {@code name}, tells of a program; PTX and logs end with a zero. */
    private static byte[] result(ToolkitLibrary nvrtc, String name, Pointer program) {
        long[] size = new long[1];
        call(nvrtc, name + "Size", program, size);
        byte[] content = new byte[Math.toIntExact(size[0])];
        call(nvrtc, name, program, content);
        return content;
    }

    private static void call(ToolkitLibrary nvrtc, String function, Object... arguments) {
        int status = nvrtc.call(function, arguments);
        if (status != SUCCESS) {
            throw new SolverException(
                    "NVRTC: " + function + " failed with " + nvrtc.text("nvrtcGetErrorString", status));
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

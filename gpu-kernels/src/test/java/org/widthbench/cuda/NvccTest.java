package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.backend.FieldPrecision;

/** Every kernel through NVIDIA's own compiler; the table of registers is kept in {@code target/ptxas}. */
class NvccTest {
    private static final Path FOLDER = Path.of("target", "ptxas").toAbsolutePath();
    private static final Pattern USE = Pattern.compile("Compiling entry function '(\\w+)' for '(\\w+)'"
            + "[\\s\\S]*?(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads"
            + "[\\s\\S]*?Used (\\d+) registers(?:.*?(\\d+) bytes smem)?");

    @BeforeAll
    static void requireCompiler() {
        NativeBuild.requireTool("nvcc", "--version");
        Map<String, String> files = new TreeMap<>(KernelSources.files());
        files.put("program.cu", KernelSources.program());
        NativeBuild.write(FOLDER, files);
    }

    private static String nvcc(FieldPrecision precision, String... options) {
        List<String> command = new ArrayList<>(
                List.of("nvcc", "-std=c++17", "-Werror", "all-warnings", KernelSources.option(precision)));
        command.addAll(List.of(options));
        NativeBuild.Output output = NativeBuild.run(FOLDER, command);
        assertThat(output.exitCode()).as(command + "\n" + output.text()).isZero();
        return output.text();
    }

    /** Data centres run Ampere and Hopper; the block size of 256 threads leaves at most 255 registers. */
    @ParameterizedTest
    @EnumSource
    void kernelsCompileForAmpereAndHopperWithoutSpilling(FieldPrecision precision) throws IOException {
        String log = nvcc(
                precision,
                "-fatbin",
                "-gencode",
                "arch=compute_80,code=sm_80",
                "-gencode",
                "arch=compute_90,code=sm_90",
                "-Xptxas",
                "-v",
                "-o",
                precision + ".fatbin",
                "program.cu");
        StringBuilder table = new StringBuilder("kernel,arch,registers,stack,spill_stores,spill_loads,shared_bytes\n");
        List<String> spilling = new ArrayList<>();
        List<String> found = new ArrayList<>();
        Matcher use = USE.matcher(log);
        while (use.find()) {
            found.add(use.group(1) + " " + use.group(2));
            table.append(String.join(
                            ",",
                            use.group(1),
                            use.group(2),
                            use.group(6),
                            use.group(3),
                            use.group(4),
                            use.group(5),
                            use.group(7) == null ? "0" : use.group(7)))
                    .append('\n');
            if (!use.group(3).equals("0")
                    || !use.group(4).equals("0")
                    || !use.group(5).equals("0")) {
                spilling.add(use.group());
            }
        }
        Files.writeString(FOLDER.resolve(precision + ".csv"), table);
        assertThat(spilling).isEmpty();
        List<String> expected = new ArrayList<>();
        for (String source : KernelSources.files().values()) {
            for (String kernel : KernelSources.kernels(source)) {
                expected.add(kernel + " sm_80");
                expected.add(kernel + " sm_90");
            }
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Bit-equal noise must not round once where the CPU rounds twice. */
    @Test
    void noiseKernelsHoldNoFusedMultiplyAdd() throws IOException {
        nvcc(FieldPrecision.FLOAT64, "-ptx", "-arch=compute_75", "-o", "program.ptx", "program.cu");
        String ptx = Files.readString(FOLDER.resolve("program.ptx"));
        for (String kernel : List.of("normal", "addCoarseNoise")) {
            String body = ptx.substring(ptx.indexOf(".entry " + kernel + "("));
            body = body.substring(0, body.indexOf("\n}"));
            assertThat(body).contains("mul.rn.f64").doesNotContain("fma.");
        }
        // What is absent above is present where nothing forbids it.
        assertThat(ptx).contains("fma.rn.f64");
    }

    /** The compiler that JCuda carries, of CUDA 12.6, takes the PTX of the build as drivers will. */
    @ParameterizedTest
    @EnumSource
    void shippedPtxCompilesForHopperInTheDriversCompiler(FieldPrecision precision) {
        Optional<byte[]> ptx = KernelCompiler.shippedPtx(precision);
        if (ptx.isEmpty()) {
            System.out.println("SKIPPED: needs PTX, which is only built where nvcc is");
        }
        Assumptions.assumeTrue(ptx.isPresent(), "needs PTX, which is only built where nvcc is");
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        assertThat(JNvPTXCompiler.nvPTXCompilerCreate(compiler, ptx.get().length - 1L, ptx.get()))
                .isEqualTo(nvPTXCompileResult.NVPTXCOMPILE_SUCCESS);
        assertThat(JNvPTXCompiler.nvPTXCompilerCompile(compiler, 1, new String[] {"--gpu-name=sm_90"}))
                .isEqualTo(nvPTXCompileResult.NVPTXCOMPILE_SUCCESS);
        long[] size = new long[1];
        JNvPTXCompiler.nvPTXCompilerGetCompiledProgramSize(compiler, size);
        byte[] image = new byte[Math.toIntExact(size[0])];
        JNvPTXCompiler.nvPTXCompilerGetCompiledProgram(compiler, image);
        JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
        String symbols = new String(image, StandardCharsets.ISO_8859_1);
        for (String source : KernelSources.files().values()) {
            for (String kernel : KernelSources.kernels(source)) {
                assertThat(symbols).contains(kernel);
            }
        }
    }
}

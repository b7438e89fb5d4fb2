package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.backend.FieldPrecision;

/**
 * The CUDA backend from end to end where there is no GPU: libcuda, libnvrtc and libcublas are replaced by stand-ins that
 * are found through LD_LIBRARY_PATH, everything above them is what runs on a GPU.
 */
class StandInTest {
    private static Path driver;
    private static Path nvrtc;
    private static Path cublas;

    @TempDir
    private static Path scratch;

    @BeforeAll
    static void build() {
        NativeBuild.requireTool("g++", "--version");
        driver = library("libcuda.so.1", "standin_cuda.cpp", "", List.of("-ldl"));
        nvrtc = nvrtc(12);
        cublas = cublas(12);
    }

    private static Path nvrtc(int major) {
        return library(
                "libnvrtc.so." + major,
                "standin_nvrtc.cpp",
                "libnvrtc.so." + major + " { global: *; };",
                List.of("-DMAJOR=" + major));
    }

    private static Path cublas(int major) {
        return library(
                "libcublas.so." + major,
                "standin_cublas.cpp",
                "libcublas.so." + major + " { global: *; };",
                List.of("-DMAJOR=" + major, "-L" + driver.getParent(), "-l:libcuda.so.1"));
    }

    private static Path library(String name, String source, String versions, List<String> more) {
        Map<String, String> files = new HashMap<>(Map.of(source, NativeBuild.resource(source)));
        List<String> flags = new ArrayList<>(List.of("-std=c++17", "-O1", "-Wall", "-Wl,-soname," + name));
        if (!versions.isEmpty()) {
            files.put("versions.map", versions);
            flags.add("-Wl,--version-script=versions.map");
        }
        flags.addAll(more);
        return NativeBuild.sharedLibrary(name, files, source, flags);
    }

    /** One process with some of the libraries; environment entries are added in pairs. */
    private static String run(List<Path> libraries, Map<String, String> environment, String... tasks)
            throws IOException {
        Path shim = Files.writeString(scratch.resolve("shim.h"), NativeBuild.resource("shim.h"));
        List<String> path =
                libraries.stream().map(l -> l.getParent().toString()).toList();
        Map<String, String> all = new HashMap<>(environment);
        all.put("LD_LIBRARY_PATH", String.join(":", path));
        all.putIfAbsent("XDG_CACHE_HOME", scratch.resolve("cache").toString());
        all.put("STANDIN_SHIM", shim.toString());
        all.put("STANDIN_COMPILES", scratch.resolve("compiles").toString());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.add(StandInRun.class.getName());
        command.addAll(List.of(tasks));
        NativeBuild.Output output = NativeBuild.run(scratch, command, all);
        assertThat(output.text()).as("the process ends by itself").contains("done\n");
        assertThat(output.text()).doesNotContain("\tat ").doesNotContain("not freed");
        return output.text();
    }

    @Test
    void solverAndNetworksAgreeWithTheCpuThroughTheWholeStack() throws IOException {
        for (List<Path> libraries : List.of(List.of(driver, nvrtc, cublas), List.of(driver, nvrtc))) {
            String text = run(libraries, Map.of(), "auto", "solve", "train", "batch");
            assertThat(text)
                    .contains("auto: Stand-in 0 (sm_90, 4 GB), float32 fields, "
                            + (libraries.contains(cublas) ? "cuBLAS 12.6" : "own products")
                            + ", driver for CUDA 12.6");
            List<String[]> runs = text.lines()
                    .filter(line -> line.matches("(solve|train|batch): FLOAT.*"))
                    .map(line -> line.split(" "))
                    .toList();
            assertThat(runs).hasSize(14);
            assertThat(text).contains("batch: theory.samples: 16 samples cannot carry");
            for (String[] run : runs) {
                if (run[0].equals("batch:") && !libraries.contains(cublas)) {
                    assertThat(List.of(run[3], run[4]))
                            .as("side by side and alone")
                            .containsOnly("0.0");
                }
                boolean single = run[1].equals(FieldPrecision.FLOAT32.name());
                assertThat(Double.parseDouble(run[3])).as("loss").isLessThan(single ? 1e-4 : 1e-10);
                assertThat(Double.parseDouble(run[4])).as("kernels").isLessThan(single ? 1e-3 : 1e-10);
            }
        }
    }

    /** What a driver of CUDA 13 meets: a toolkit of 13, one of 12 that was left there, or both. */
    @Test
    void librariesOfEitherVersionServeAndTheNewestThatTheDriverTakesIsChosen() throws IOException {
        Map<String, String> thirteen = Map.of("STANDIN_DRIVER", "13000");
        String auto = "auto: Stand-in 0 (sm_90, 4 GB), float32 fields, cuBLAS ";
        assertThat(run(List.of(driver, nvrtc(13), cublas(13)), thirteen, "auto", "toolkit", "solve"))
                .contains(auto + "13.6, driver for CUDA 13.0")
                .contains("toolkit: NVRTC: libnvrtc.so.13; cuBLAS: libcublas.so.13")
                .contains("solve: FLOAT64 relu");
        assertThat(run(List.of(driver, nvrtc, cublas), thirteen, "auto")).contains(auto + "12.6, driver");
        assertThat(run(List.of(driver, nvrtc, nvrtc(13), cublas, cublas(13)), thirteen, "auto"))
                .contains(auto + "13.6, driver");
        // Code of a newer compiler than its own may be refused by a driver.
        assertThat(run(List.of(driver, nvrtc, nvrtc(13), cublas, cublas(13)), Map.of(), "auto"))
                .contains(auto + "12.6, driver for CUDA 12.6");
        assertThat(run(List.of(driver), thirteen, "toolkit"))
                .contains("toolkit: NVRTC: none, looked for libnvrtc.so.13 and libnvrtc.so.12 on LD_LIBRARY_PATH")
                .contains("/usr/local/cuda/lib64");
    }

    @Test
    void everyOperationAgreesWithTheCpuThroughTheWholeStack() throws IOException {
        String text = run(List.of(driver, nvrtc, cublas), Map.of("STANDIN_DEVICES", "2"), "report", "agreement");
        assertThat(text)
                .contains("report: cuda:0: Stand-in 0 (sm_90, 4 GB)", "report: cuda:1: Stand-in 1 (sm_90, 4 GB)")
                .contains("agreement: FLOAT32", "agreement: FLOAT64");
    }

    @Test
    void compiledKernelsAreKeptAndADamagedFileIsCompiledAnew() throws IOException {
        Map<String, String> own =
                Map.of("XDG_CACHE_HOME", scratch.resolve("fresh").toString());
        long before = compiles();
        assertThat(run(List.of(driver, nvrtc), own, "auto", "auto")).contains("auto: Stand-in 0");
        assertThat(compiles()).isEqualTo(before + 1);
        Path kept;
        try (Stream<Path> files = Files.walk(scratch.resolve("fresh"))) {
            kept = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        byte[] content = Files.readAllBytes(kept);
        content[content.length / 2] ^= 1;
        Files.write(kept, content);
        assertThat(run(List.of(driver, nvrtc), own, "auto"))
                .contains("is damaged")
                .contains("auto: Stand-in 0");
        assertThat(compiles()).isEqualTo(before + 2);
    }

    private static long compiles() throws IOException {
        Path log = scratch.resolve("compiles");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    /** A library that says so when it is loaded. */
    private static Path planted(Path folder) throws IOException {
        Path built = NativeBuild.sharedLibrary(
                "planted.so",
                Map.of("planted.cpp", "#include <cstdio>\nstruct P { P() { puts(\"PLANTED CODE RUNS\"); } } p;\n"),
                "planted.cpp",
                List.of());
        for (String part : List.of("JCudaDriver", "JCudaRuntime")) {
            Files.copy(built, Files.createDirectories(folder).resolve("lib" + part + "-12.6.0-linux-x86_64.so"));
        }
        Files.copy(built, folder.resolve("libjnidispatch.so"));
        return folder;
    }

    @Test
    void whatLiesInTheTemporaryFolderIsNeverLoadedNorWritten() throws IOException {
        Path planted = planted(scratch.resolve("planted"));
        List<String> before;
        try (Stream<Path> files = Files.list(planted)) {
            before = files.map(Path::toString).sorted().toList();
        }
        Map<String, String> there = Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + planted);
        assertThat(run(List.of(driver, nvrtc, cublas), there, "auto"))
                .contains("auto: Stand-in 0")
                .doesNotContain("PLANTED");
        assertThat(run(List.of(), there, "auto")).contains("auto: CPU float64").doesNotContain("PLANTED");
        try (Stream<Path> files = Files.list(planted)) {
            assertThat(files.map(Path::toString).sorted().toList()).isEqualTo(before);
        }
    }

    @Test
    void aCutOrForeignLibraryInTheCacheIsReplacedAndAPlantedLinkIsNotFollowed() throws IOException {
        Path cache = scratch.resolve("attacked");
        Map<String, String> own = Map.of("XDG_CACHE_HOME", cache.toString());
        assertThat(run(List.of(driver), own, "report")).contains("report: cuda: Stand-in 0");
        Path library;
        try (Stream<Path> files = Files.walk(cache)) {
            library = files.filter(file -> file.getFileName().toString().startsWith("libJCudaDriver"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(library);
        Files.write(library, java.util.Arrays.copyOf(whole, 300_000));
        assertThat(run(List.of(driver), own, "report")).contains("report: cuda: Stand-in 0");
        assertThat(Files.readAllBytes(library)).isEqualTo(whole);
        Path foreign = planted(scratch.resolve("foreign")).resolve("libJCudaDriver-12.6.0-linux-x86_64.so");
        byte[] before = Files.readAllBytes(foreign);
        Files.delete(library);
        Files.createSymbolicLink(library, foreign);
        assertThat(run(List.of(driver), own, "report"))
                .contains("report: cuda: Stand-in 0")
                .doesNotContain("PLANTED");
        assertThat(Files.readAllBytes(foreign)).isEqualTo(before);
        assertThat(library).isRegularFile();
        assertThat(Files.isSymbolicLink(library)).isFalse();
    }

    @Test
    void manyFirstStartsAtOnceAllFindTheirLibraries() throws Exception {
        Map<String, String> own =
                Map.of("XDG_CACHE_HOME", scratch.resolve("crowd").toString());
        List<java.util.concurrent.Callable<String>> starts =
                java.util.Collections.nCopies(6, () -> run(List.of(driver), own, "report"));
        var pool = java.util.concurrent.Executors.newFixedThreadPool(starts.size());
        try {
            for (var started : pool.invokeAll(starts)) {
                assertThat(started.get()).contains("report: cuda: Stand-in 0");
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void withoutADriverOneLineSaysWhyAndTheCpuComputes() throws IOException {
        String text = run(List.of(), Map.of(), "report", "auto");
        assertThat(text)
                .contains("report: cuda: not used, no NVIDIA driver (libcuda.so.1 cannot be loaded)")
                .contains("auto: CPU float64");
        assertThat(text.lines().filter(line -> line.contains("cuda is not used, cpu computes instead")))
                .hasSize(1);
        String noDevice = run(List.of(driver), Map.of("STANDIN_INIT", "100"), "report");
        assertThat(noDevice).contains("not used, the NVIDIA driver answers CUDA_ERROR_NO_DEVICE");
    }

    @Test
    void withoutCompilerAndPtxTheRemedyIsNamed() throws IOException {
        // No PTX is made for devices older than sm_75.
        Map<String, String> old = Map.of("STANDIN_CAPABILITY", "70");
        assertThat(run(List.of(driver), old, "failing", "auto"))
                .contains("failing: CUDA: no kernels for sm_70: NVRTC is not installed (looked for libnvrtc.so.12")
                .contains("packages cuda-nvrtc-13-0, nvidia-cuda-nvrtc")
                .contains("auto: CPU float64");
        assertThat(run(List.of(driver, nvrtc), old, "failing"))
                .contains("failing: CUDA: no kernels for sm_70: NVRTC does not know sm_70");
    }

    @Test
    void ptxOfTheBuildReplacesAMissingCompiler() throws IOException {
        boolean built = KernelCompiler.shippedPtx(FieldPrecision.FLOAT64).isPresent();
        if (!built) {
            System.out.println("SKIPPED: needs PTX, which is only built where nvcc is");
        }
        Assumptions.assumeTrue(built, "needs PTX, which is only built where nvcc is");
        Path kernels = NativeBuild.emulatedKernels(FieldPrecision.FLOAT64);
        // An NVRTC older than the device makes PTX for the newest device that it knows.
        Map<String, String> older = Map.of("STANDIN_NVRTC", "older", "STANDIN_PTX", kernels.toString());
        assertThat(run(List.of(driver, nvrtc), older, "one")).contains("one: 3.0");
        assertThat(Files.readString(scratch.resolve("compiles"))).contains("compute_80 -DREAL=double");
        // The stand-in refuses versions that a driver of CUDA 12.6 would refuse.
        String text = run(List.of(driver), Map.of("STANDIN_PTX", kernels.toString()), "one");
        assertThat(text).contains("one: 3.0");
    }

    @Test
    void exhaustedMemoryIsReportedWithWhatWasAskedAndWhatIsFree() throws IOException {
        String text = run(List.of(driver, nvrtc), Map.of("STANDIN_MEMORY", "300000"), "failing");
        assertThat(text)
                .containsPattern("failing: CUDA: out of memory: a 1 x \\d+ x 128 matrix of float64 needs 0\\.\\d MB, "
                        + "0\\.\\d MB of 0\\.3 MB are free; lower theory.samples");
    }

    @Test
    void failedLaunchAndVanishedDeviceEndInOneLine() throws IOException {
        assertThat(run(List.of(driver, nvrtc), Map.of("STANDIN_FAIL_LAUNCH", "200"), "failing"))
                .containsPattern("failing: CUDA: cu\\w+ after \\w+ .* failed with CUDA_ERROR_LAUNCH_FAILED; run again");
        assertThat(run(List.of(driver, nvrtc), Map.of("STANDIN_VANISH", "200"), "failing"))
                .containsPattern(
                        "failing: CUDA: cu\\w+ .*failed with CUDA_ERROR_DEVICE_UNAVAILABLE; the device is gone");
        assertThat(run(List.of(driver, nvrtc, cublas), Map.of("STANDIN_CUBLAS", "fails"), "failing"))
                .contains("failed with CUBLAS_STATUS_INVALID_VALUE; run with -Dwidthbench.cuda.cublas=false");
    }

    @Test
    void solvesSideBySideFailTogetherWithTheDeviceAndOneByOneForWantOfMemory() throws IOException {
        String gone = run(List.of(driver, nvrtc), Map.of("STANDIN_VANISH", "150"), "failing-batch");
        assertThat(gone.lines().filter(line -> line.startsWith("failing-batch: ")))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).contains("CUDA_ERROR_DEVICE_UNAVAILABLE; the device is gone"));
        assertThat(run(List.of(driver, nvrtc), Map.of("STANDIN_FAIL_LAUNCH", "150"), "failing-batch")
                        .lines())
                .filteredOn(line -> line.startsWith("failing-batch: "))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).contains("CUDA_ERROR_LAUNCH_FAILED"));
        // Enough for one solve at a time, not for three.
        assertThat(run(List.of(driver, nvrtc), Map.of("STANDIN_MEMORY", "900000"), "failing-batch")
                        .lines())
                .filteredOn(line -> line.startsWith("failing-batch: "))
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("solved"),
                        line -> assertThat(line).endsWith("solved"),
                        line -> assertThat(line).contains("16 samples cannot carry"),
                        line -> assertThat(line).endsWith("solved"));
    }
}

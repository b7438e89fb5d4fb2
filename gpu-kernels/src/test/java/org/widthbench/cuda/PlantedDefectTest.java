package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.widthbench.core.backend.FieldPrecision;

/** Proves that the emulation sees what it is there to see. */
class PlantedDefectTest {
    private static final String BARRIER = "__syncthreads();";
    private static final List<String> SANITIZER = List.of("-O1", "-g", "-fsanitize=address", "-fno-omit-frame-pointer");

    @BeforeAll
    static void requireCompiler() {
        NativeBuild.requireTool("g++", "--version");
    }

    /** The kernels with the first barrier of every kernel taken out. */
    private static Path withoutBarriers() {
        Map<String, String> sources = KernelSources.files();
        sources.replaceAll((name, source) -> {
            StringBuilder broken = new StringBuilder();
            // Every kernel starts with its shared arrays; a template starts the file.
            for (String part : source.split("(?=__shared__)")) {
                broken.append(part.replaceFirst(java.util.regex.Pattern.quote(BARRIER), ""));
            }
            return broken.toString();
        });
        return NativeBuild.emulatedKernels(sources, FieldPrecision.FLOAT64, List.of("-O2"));
    }

    @Test
    void missingBarrierIsCaughtInSomeOrderOfThreads() {
        Path kernels = withoutBarriers();
        assertThat(isCaught(kernels, agreement -> agreement.rowSums(2, 257)))
                .as("rowDot")
                .isTrue();
        assertThat(isCaught(kernels, agreement -> agreement.kernels(3, 33)))
                .as("innerSlices")
                .isTrue();
        assertThat(isCaught(kernels, agreement -> agreement.products(2, 33, 31)))
                .as("gemm")
                .isTrue();
        assertThat(isCaught(kernels, agreement -> agreement.solve(2, 33)))
                .as("solveLower")
                .isTrue();
        assertThat(isCaught(kernels, agreement -> agreement.noise(2, 33)))
                .as("kernels without barriers")
                .isFalse();
    }

    private static boolean isCaught(Path kernels, Consumer<BackendAgreement> check) {
        boolean caught = false;
        for (EmulatedDevice.Order order : EmulatedDevice.Order.values()) {
            try (EmulatedDevice device = new EmulatedDevice(kernels, FieldPrecision.FLOAT64, order)) {
                check.accept(new BackendAgreement(new CudaBackend(device), FieldPrecision.FLOAT64, 0));
            } catch (AssertionError found) {
                caught = true;
            }
        }
        return caught;
    }

    @Test
    void barrierThatPartOfTheBlockMissesIsCaught() {
        Map<String, String> sources = KernelSources.files();
        sources.computeIfPresent(
                "reductions.cu",
                (name, source) -> source.replaceFirst(
                        BARRIER.replace("(", "\\(").replace(")", "\\)"), "if (lane > 0) " + BARRIER));
        Path kernels = NativeBuild.emulatedKernels(sources, FieldPrecision.FLOAT64, List.of("-O2"));
        assertThat(isCaught(kernels, agreement -> agreement.rowSums(2, 257))).isTrue();
    }

    @Test
    void addressSanitizerFindsNothingInTheKernelsAndCatchesAPlantedWrite() {
        Map<String, String> sources = KernelSources.files();
        NativeBuild.Output clean = sanitized(NativeBuild.emulatedKernels(sources, FieldPrecision.FLOAT64, SANITIZER));
        assertThat(clean.text()).contains("agreed");
        assertThat(clean.exitCode()).isZero();
        String kernel = "AT(t.target, b, i, j) = real(t.scale";
        assertThat(sources.get("elementwise.cu")).contains(kernel);
        sources.computeIfPresent(
                "elementwise.cu", (name, source) -> source.replace(kernel, "AT(t.target, b, i, j + 1) = real(t.scale"));
        NativeBuild.Output broken = sanitized(NativeBuild.emulatedKernels(sources, FieldPrecision.FLOAT64, SANITIZER));
        assertThat(broken.text()).contains("heap-buffer-overflow").contains("scaleRows");
        assertThat(broken.exitCode()).isNotZero();
    }

    /** Runs the agreement in a JVM whose allocations the sanitizer guards. */
    private static NativeBuild.Output sanitized(Path kernels) {
        String runtime = NativeBuild.run(kernels.getParent(), List.of("g++", "-print-file-name=libasan.so"))
                .text()
                .strip();
        Assumptions.assumeTrue(Path.of(runtime).isAbsolute(), "needs the AddressSanitizer of g++ (libasan)");
        return NativeBuild.run(
                kernels.getParent(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgreementRun.class.getName(),
                        kernels.toString(),
                        "33"),
                // The JVM uses segmentation faults for its own ends and never frees some memory.
                Map.of(
                        "LD_PRELOAD",
                        runtime,
                        "ASAN_OPTIONS",
                        "handle_segv=0:detect_leaks=0:allow_user_segv_handler=1"));
    }
}

package org.widthbench.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Backends;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.io.NativeLibraries;
import org.widthbench.cuda.CudaBackendProvider;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Provenance;
import picocli.CommandLine.Command;

@Command(
        name = "doctor",
        header = "Show what this machine offers and what is in use.",
        description =
                "Java and its options, system, cores, load, memory, disk, the BLAS library with the kernel it chose and its measured"
                        + " rate, the network library, the CUDA device or why none is used, whether figures can be drawn, and a"
                        + " small problem solved and trained, whose numbers are the same everywhere but for rounding. Paste it into"
                        + " bug reports. Exit code 3 if a part cannot be used.")
final class DoctorCommand extends Subcommand {
    /** Edge of the product that measures the BLAS rate: a tenth of a second on a slow machine. */
    private static final int GEMM_SIZE = 1000;

    /** The first products wake threads and pages. */
    private static final int GEMM_ROUNDS = 5;

    private boolean broken;

    @Override
    public Integer call() {
        line("widthbench", Provenance.version() + ", commit " + Provenance.commit());
        line(
                "Java",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version") + ", "
                        + System.getProperty("java.home"));
        line("options", Machine.options());
        line("system", Machine.system());
        line("processor", Machine.processor());
        line("cores", Machine.cores());
        line("memory", Machine.memory());
        line("disk", Machine.disk());
        line("BLAS", guarded(DoctorCommand::blas));
        line("networks", guarded(DoctorCommand::networks));
        line("threads", "OMP_WAIT_POLICY=" + waitPolicy());
        line("devices", guarded(() -> String.join("; ", Backends.report())));
        line("CUDA", driver());
        line("", guarded(CudaBackendProvider::toolkit));
        line("figures", guarded(SelfTest::figures));
        line("self-test", guarded(SelfTest::numbers));
        return broken ? Main.MACHINE : Main.OK;
    }

    private void line(String name, String value) {
        out().printf("%-12s%s%n", name, value);
        out().flush();
    }

    /** A part that cannot load is a finding; the other lines are wanted all the more. */
    private String guarded(Supplier<String> part) {
        try {
            return part.get();
        } catch (Error | RuntimeException e) {
            broken = true;
            return "FAILED: " + Failure.of(e).message();
        }
    }

    private static String blas() {
        NativeLibraries.require("openblas");
        double rate = gemmRate();
        return String.format(
                Locale.ROOT,
                "OpenBLAS %s, kernel %s, dgemm %.0f GFLOP/s",
                Provenance.libraryVersion("org.bytedeco", "openblas"),
                BlasProbe.kernel(),
                rate / 1e9);
    }

    /** Best rate of a square double product, in flops a second. */
    private static double gemmRate() {
        int n = GEMM_SIZE;
        try (Backend cpu = new CpuBackend();
                Matrix a = cpu.allocate(1, n, n);
                Matrix c = cpu.allocate(1, n, n)) {
            cpu.normal(new long[] {0}, 0, 0, a);
            double best = IntStream.range(0, GEMM_ROUNDS)
                    .mapToDouble(round -> Benchmark.Cost.of(() -> cpu.gemm(1, a, false, a, false, 0, c))
                            .seconds())
                    .min()
                    .orElseThrow();
            return 2.0 * n * n * n / best;
        }
    }

    private static String networks() {
        if (!Networks.haveNd4j()) {
            return "by the backend alone: this installation is the slim one, without ND4J";
        }
        NativeLibraries.require("nd4j-native");
        Map<Object, Object> environment = new TreeMap<>(Nd4j.getExecutioner().getEnvironmentInformation());
        return "ND4J " + Provenance.libraryVersion("org.nd4j", "nd4j-api") + ", backend "
                + environment.get("backend") + ", BLAS " + environment.get("blas.vendor") + ", "
                + environment.get("omp.threads") + " OpenMP threads";
    }

    private static String waitPolicy() {
        String policy = System.getenv("OMP_WAIT_POLICY");
        return "passive".equalsIgnoreCase(policy)
                ? "passive"
                : policy + " (training is up to thirty times slower on a busy machine unless it is passive)";
    }

    private static String driver() {
        Path version = Path.of("/proc/driver/nvidia/version");
        try {
            return Files.exists(version)
                    ? "NVIDIA driver: " + Files.readAllLines(version).get(0)
                    : "no NVIDIA driver is loaded";
        } catch (IOException e) {
            return "the NVIDIA driver cannot be asked: " + e.getMessage();
        }
    }
}

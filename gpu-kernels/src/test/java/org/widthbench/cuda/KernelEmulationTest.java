package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.backend.FieldPrecision;

/** Every kernel, compiled for the CPU, against the CPU backend. */
class KernelEmulationTest {
    private static final int MARGIN = 3;

    @BeforeAll
    static void requireCompiler() {
        NativeBuild.requireTool("g++", "--version");
    }

    @ParameterizedTest
    @EnumSource
    void kernelsAgreeWithTheCpuInEveryOrderOfThreads(EmulatedDevice.Order order) {
        for (FieldPrecision precision : FieldPrecision.values()) {
            try (EmulatedDevice device = new EmulatedDevice(precision, order)) {
                BackendAgreement agreement = new BackendAgreement(new CudaBackend(device), precision, MARGIN);
                agreement.all(1000);
                assertThat(agreement.worst()).isLessThanOrEqualTo(1);
                assertThat(device.launched()).isEqualTo(allKernels());
                assertThat(device.allocated()).as("allocations not freed").isZero();
            }
        }
    }

    private static Set<String> allKernels() {
        Set<String> names = new TreeSet<>();
        KernelSources.files().values().forEach(source -> names.addAll(KernelSources.kernels(source)));
        return names;
    }

    @Test
    void emptyMatricesAreLeftAlone() {
        try (EmulatedDevice device = new EmulatedDevice(FieldPrecision.FLOAT64, EmulatedDevice.Order.FORWARD)) {
            CudaBackend backend = new CudaBackend(device);
            try (CudaMatrix none = backend.allocate(1, 0, 5);
                    CudaMatrix some = backend.allocate(1, 2, 5)) {
                backend.add(1, none, 1, none);
                assertThat(backend.rowDot(none, none)).isEmpty();
                assertThat(backend.kernelBlock(1, some, none)).isEmpty();
                double[] c = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
                backend.upload(c, some);
                // An empty sum: c is only scaled.
                try (CudaMatrix left = backend.allocate(1, 2, 0)) {
                    backend.gemm(1, left, false, none, false, 0.5, some);
                }
                backend.download(some, c);
                assertThat(c).containsExactly(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5);
            }
        }
    }
}

package org.widthbench.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;

class BackendsTest {
    /** Records what was asked of it; opens CPU backends so that there is something to return. */
    private static final class Gpu implements BackendProvider {
        private final List<String> devices;
        private final RuntimeException failure;
        private int opened = -1;
        private FieldPrecision precision;

        Gpu(List<String> devices, RuntimeException failure) {
            this.devices = devices;
            this.failure = failure;
        }

        @Override
        public String name() {
            return "cuda";
        }

        @Override
        public int preference() {
            return 10;
        }

        @Override
        public List<String> devices() {
            return devices;
        }

        @Override
        public String obstacle() {
            return devices.isEmpty() ? "no driver" : "";
        }

        @Override
        public FieldPrecision usual() {
            return FieldPrecision.FLOAT32;
        }

        @Override
        public Backend open(int device, FieldPrecision asked) {
            if (failure != null) {
                throw failure;
            }
            opened = device;
            precision = asked;
            return new CpuBackend();
        }
    }

    private static Backends with(Gpu gpu) {
        return new Backends(List.of(new CpuBackendProvider(), gpu));
    }

    @Test
    void autoPrefersTheGpuAndPassesThePrecisionOn() {
        Gpu gpu = new Gpu(List.of("a", "b"), null);
        with(gpu).select("auto", FieldPrecision.FLOAT64).close();
        assertThat(gpu.opened).isZero();
        assertThat(gpu.precision).isEqualTo(FieldPrecision.FLOAT64);
    }

    @Test
    void deviceTakesTheFormatThatSuitsItUnlessAskedForAnother() {
        Gpu gpu = new Gpu(List.of("a"), null);
        with(gpu).select("cuda", null).close();
        assertThat(gpu.precision).isEqualTo(FieldPrecision.FLOAT32);
        try (Backend usual = with(gpu).select("cpu", null);
                Backend asked = with(gpu).select("cpu", FieldPrecision.FLOAT32)) {
            assertThat(usual.description()).startsWith("CPU float64");
            assertThat(asked.description()).startsWith("CPU float32");
        }
    }

    @Test
    void numberChoosesTheDevice() {
        Gpu gpu = new Gpu(List.of("a", "b"), null);
        with(gpu).select("cuda:1", FieldPrecision.FLOAT32).close();
        assertThat(gpu.opened).isEqualTo(1);
    }

    @Test
    void cpuIsTakenWhenAskedForAlthoughThereIsAGpu() {
        Gpu gpu = new Gpu(List.of("a"), null);
        with(gpu).select("cpu", FieldPrecision.FLOAT32).close();
        assertThat(gpu.opened).isEqualTo(-1);
    }

    @Test
    void cpuReplacesAnAbsentOrBrokenGpu() {
        for (Gpu gpu :
                List.of(new Gpu(List.of(), null), new Gpu(List.of("a"), new SolverException("no kernel image")))) {
            for (String request : List.of("auto", "cuda", "cuda:0")) {
                try (Backend backend = with(gpu).select(request, FieldPrecision.FLOAT32)) {
                    assertThat(backend).isInstanceOf(CpuBackend.class);
                }
            }
        }
    }

    @Test
    void requestsThatNameNothingAreRefusedWithTheChoices() {
        Backends backends = with(new Gpu(List.of("a"), null));
        for (String request : List.of("", "opencl", "cuda:", "cuda:x", "CUDA", "auto:1")) {
            assertThatThrownBy(() -> backends.select(request, FieldPrecision.FLOAT32))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("--device: " + request + " is not allowed; expected one of auto, cuda, cuda:n, cpu");
        }
        assertThatThrownBy(() -> backends.select("cuda:1", FieldPrecision.FLOAT32))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("a device number below 1");
    }

    @Test
    void reportSaysWhyTheGpuIsNotUsed() {
        assertThat(with(new Gpu(List.of(), null)).lines())
                .contains("cuda: not used, no driver")
                .anyMatch(line -> line.startsWith("cpu: "));
    }

    @Test
    void serviceLoaderFindsTheCpu() {
        try (Backend backend = Backends.open("cpu")) {
            assertThat(backend).isInstanceOf(CpuBackend.class);
        }
    }
}

package org.widthbench.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.widthbench.comparison.PowerLaw;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import picocli.CommandLine.Mixin;

/** A command that measures on a device and prints what it finds, row by row. */
abstract class Benchmark extends Subcommand {
    /** The system counts processor time in ticks of this many seconds: less than one cannot be told from none. */
    private static final double TICK = 0.01;

    @Mixin
    private DeviceOption device;

    @Override
    public final Integer call() {
        requireOptions();
        try (Backend backend = device.open()) {
            print("%s%n", backend.description());
            return measure(backend);
        }
    }

    /** @throws InvalidInputException naming the first option that is not allowed */
    abstract void requireOptions();

    /** @return the exit code */
    abstract int measure(Backend backend);

    /** What some work took. */
    record Cost(double seconds, double processorSeconds) {
        /** Processor time is that of all cores together, which other work on the machine hardly changes. */
        static Cost of(Runnable work) {
            OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            long processorStarted = system.getProcessCpuTime();
            long started = System.nanoTime();
            work.run();
            return new Cost(
                    (System.nanoTime() - started) / 1e9,
                    Math.max(TICK, (system.getProcessCpuTime() - processorStarted) / 1e9));
        }
    }

    /** Whether there are enough ascending values for a fit, each at least {@code least}. */
    static boolean canBeFitted(int[] values, int least) {
        return values.length >= PowerLaw.FEWEST
                && values[0] >= least
                && Arrays.equals(
                        values, Arrays.stream(values).sorted().distinct().toArray());
    }
}

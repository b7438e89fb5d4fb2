package org.widthbench.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Solver;
import org.widthbench.core.backend.Backend;

/** Time and memory of a solver on one problem over a growing number T of steps ({@code docs/theory.md} 4.1, 4.4). */
public final class GrowthBenchmark {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /** The system counts processor time in ticks of this many seconds: less than one cannot be told from none. */
    private static final double TICK = 0.01;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    private GrowthBenchmark() {}

    /**
     * One solve.
     *
     * @param steps T
     * @param seconds on the clock
     * @param processorSeconds of all cores together
     * @param peakBytes largest resident memory of the process up to now, 0 where the system does not say
     */
    public record Size(int steps, double seconds, double processorSeconds, double peakBytes, double finalLoss) {}

    /**
     * Solves for every T, after one solve for the smallest that warms the compiler up.
     *
     * @param steps ascending
     * @param report hears of each solve
     */
    public static List<Size> run(
            Solver solver, IntFunction<Problem> problem, int[] steps, Backend backend, Consumer<Size> report) {
        solver.solve(problem.apply(steps[0]), backend);
        List<Size> sizes = new ArrayList<>();
        for (int count : steps) {
            Problem sized = problem.apply(count);
            long processorStarted = SYSTEM.getProcessCpuTime();
            long started = System.nanoTime();
            OrderParameters solved = solver.solve(sized, backend, Progress.NONE);
            Size size = new Size(
                    count,
                    (System.nanoTime() - started) / 1e9,
                    Math.max(TICK, (SYSTEM.getProcessCpuTime() - processorStarted) / 1e9),
                    peakBytes(),
                    solved.finalLoss());
            sizes.add(size);
            report.accept(size);
        }
        return sizes;
    }

    private static double peakBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(PEAK))
                    .mapToDouble(line -> 1024 * Double.parseDouble(line.split("\\s+")[1]))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}

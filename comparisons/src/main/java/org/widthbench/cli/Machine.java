package org.widthbench.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.widthbench.experiment.ProgramOutput;

/** What {@code doctor} says about the machine: what differs between two that give different results or speeds. */
final class Machine {
    private static final double GIGABYTE = 1 << 30;

    /** Variables that change how many threads compute, or on what. */
    private static final List<String> VARIABLES = List.of(
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "OPENBLAS_CORETYPE",
            "MKL_NUM_THREADS",
            "CUDA_VISIBLE_DEVICES",
            "SLURM_JOB_ID",
            "JAVA_OPTS");

    private Machine() {}

    static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + ", " + distribution() + ", "
                + ProgramOutput.of("getconf", "GNU_LIBC_VERSION").orElse("unknown C library");
    }

    static String processor() {
        return field(Path.of("/proc/cpuinfo"), "model name", ":").orElse("unknown processor");
    }

    static String cores() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String limit = content(Path.of("/sys/fs/cgroup/cpu.max"))
                .filter(text -> !text.startsWith("max"))
                .map(text -> ", container limited to " + text + " us")
                .orElse("");
        return Runtime.getRuntime().availableProcessors()
                + String.format(Locale.ROOT, ", load %.1f", system.getSystemLoadAverage())
                + limit;
    }

    static String memory() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return String.format(
                Locale.ROOT,
                "%.1f GiB, %.1f GiB free, Java heap up to %.1f GiB",
                system.getTotalMemorySize() / GIGABYTE,
                system.getFreeMemorySize() / GIGABYTE,
                Runtime.getRuntime().maxMemory() / GIGABYTE);
    }

    static String disk() {
        return Stream.of(Path.of(""), Path.of(System.getProperty("java.io.tmpdir")))
                .map(Machine::free)
                .collect(Collectors.joining(", "));
    }

    /** The options that Java was started with and the variables that are set. */
    static String options() {
        String java = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                // The launcher's own: where the checkout lies is nobody's business.
                .filter(option -> option.startsWith("-X") || option.startsWith("--add"))
                .map(option -> option.replaceFirst("(-XX:SharedArchiveFile=).*", "$1..."))
                .collect(Collectors.joining(" "));
        String variables = VARIABLES.stream()
                .filter(name -> System.getenv(name) != null)
                .map(name -> name + "=" + System.getenv(name))
                .collect(Collectors.joining(" "));
        return (java.isEmpty() ? "none" : java) + (variables.isEmpty() ? "" : "; " + variables);
    }

    private static String free(Path folder) {
        try {
            double bytes = Files.getFileStore(folder.toAbsolutePath()).getUsableSpace();
            String name = folder.toString().isEmpty() ? "here" : folder.toString();
            return String.format(Locale.ROOT, "%.1f GiB free in %s", bytes / GIGABYTE, name);
        } catch (IOException e) {
            return folder + " cannot be asked";
        }
    }

    private static String distribution() {
        return field(Path.of("/etc/os-release"), "PRETTY_NAME", "=")
                .map(name -> name.replace("\"", ""))
                .orElse("unknown distribution");
    }

    private static Optional<String> field(Path file, String key, String separator) {
        return content(file).flatMap(text -> text.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(separator) + 1).strip())
                .findFirst());
    }

    private static Optional<String> content(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}

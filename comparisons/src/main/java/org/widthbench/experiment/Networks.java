package org.widthbench.experiment;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.widthbench.core.DeviceMemoryException;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Backends;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.Lockstep;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Holding;
import org.widthbench.training.NetworkTrainer;
import org.widthbench.training.PrecisionChoice;
import org.widthbench.training.Trained;
import org.widthbench.training.nd4j.Nd4jBackend;

/**
 * Trains networks with the trainer that fits the problem's architecture: ND4J's on the CPU, or that of the project's own
 * {@link Backend}. Any number of threads may train at once; on the backend, their networks share its calls.
 */
public class Networks implements AutoCloseable {
    /** System property that names the engine that trains unless told. */
    public static final String ENGINE = "widthbench.engine";

    /** The theory and everything else take the rest. */
    private static final double SHARE_OF_MEMORY = 0.7;

    private final PrecisionChoice choice;
    /** Whether ND4J trains the networks whose matrices are drawn. */
    private final boolean nd4j;

    private final Function<FieldPrecision, Backend> device;
    /** Null where each network takes the one that is cheaper. */
    private final Holding held;

    private final Map<FieldPrecision, Opened> opened = new EnumMap<>(FieldPrecision.class);
    /** Shared by networks that train side by side; a network that finds no memory beside others trains alone. */
    private final ReadWriteLock company = new ReentrantReadWriteLock(true);

    private record Opened(Backend backend, Lockstep lanes) {}

    private Networks(PrecisionChoice choice, boolean nd4j, Function<FieldPrecision, Backend> device, Holding held) {
        this.choice = choice;
        this.nd4j = nd4j;
        this.device = device;
        this.held = held;
    }

    /** Networks that ND4J trains. */
    public Networks(PrecisionChoice choice) {
        this(choice, true, null, Holding.DENSE);
    }

    /** Networks that ND4J trains or, where the installation leaves it out, the CPU backend. */
    public static Networks standard(PrecisionChoice choice) {
        return haveNd4j() ? new Networks(choice) : on(precision -> Backends.open("cpu", precision), choice);
    }

    /** Whether ND4J lies on the class path. */
    public static boolean haveNd4j() {
        return Networks.class.getResource("/org/nd4j/linalg/factory/Nd4j.class") != null;
    }

    /**
     * Networks that a backend trains.
     *
     * @param device opens the backend of a format when the first network is to be trained
     */
    public static Networks on(Function<FieldPrecision, Backend> device, PrecisionChoice choice) {
        return new Networks(choice, false, device, Holding.DENSE);
    }

    /**
     * The same networks with their matrices held otherwise; those that are never drawn are trained by a backend, in float64.
     *
     * @param wanted null for whichever is certainly cheaper
     * @param opens the backend
     */
    public Networks holding(Holding wanted, Function<FieldPrecision, Backend> opens) {
        return new Networks(choice, nd4j, opens, wanted);
    }

    /** How the matrices of a network are held. */
    public Holding holding(Problem problem, int width) {
        return held == null ? NetworkTrainer.cheapest(problem, width) : held;
    }

    private boolean isOnBackend(Problem problem, int width) {
        return !nd4j || holding(problem, width) != Holding.DENSE;
    }

    private synchronized Opened opened(Problem problem, int width) {
        // Directions are told from rounding by float64 alone.
        boolean single = holding(problem, width) == Holding.DENSE && choice.isSingle(problem, width);
        return opened.computeIfAbsent(single ? FieldPrecision.FLOAT32 : FieldPrecision.FLOAT64, wanted -> {
            Backend backend = device.apply(wanted);
            return new Opened(backend, new Lockstep(backend));
        });
    }

    @Override
    public synchronized void close() {
        opened.values().forEach(each -> each.backend.close());
    }

    /** How the format is chosen. */
    public PrecisionChoice precision() {
        return choice;
    }

    /** The format of networks of some widths, for the record. */
    public String formats(Problem problem, int... widths) {
        int[] drawn = Arrays.stream(widths)
                .filter(width -> holding(problem, width) == Holding.DENSE)
                .toArray();
        return drawn.length == 0
                ? "float64"
                : choice.describe(problem, drawn) + (drawn.length < widths.length ? ", float64 if never drawn" : "");
    }

    /** One word or two for all that decides the last bits of a result, beside its settings. */
    public String identity() {
        return choice.word()
                + (nd4j ? "" : " backend")
                + (held == Holding.DENSE ? "" : held == null ? " auto" : " " + held.word());
    }

    /** @throws InvalidInputException unless the width is positive and the seed not negative */
    public static void requireSettings(int width, long seed) {
        InvalidInputException.require(width >= 1, "--width", width, "a whole number >= 1");
        InvalidInputException.require(seed >= 0, "--seed", seed, "a whole number >= 0");
    }

    /** @throws InvalidInputException with the numbers if a network of this width, or what is recorded of it, cannot fit */
    public void requireFits(Problem problem, int width) {
        if (!isOnBackend(problem, width)) {
            // Without ND4J, which takes a second to start.
            try (Backend cpu = new CpuBackend(choice.format(problem, width))) {
                new NetworkTrainer(width, 0, cpu).requireFits(problem);
            }
        } else {
            // Not opened for this: a machine that only submits jobs may lack the device.
            MemoryLimit.requireRecorded(problem);
        }
    }

    /** Trains one network. */
    public OrderParameters train(Problem problem, int width, long seed, Progress progress) {
        return observe(problem, width, seed, progress).results();
    }

    /** Trains one network, and tells the directions of matrices that are never drawn. */
    public Trained observe(Problem problem, int width, long seed, Progress progress) {
        if (!isOnBackend(problem, width)) {
            return new Trained(onNd4j(problem, width, seed, progress), List.of());
        }
        try {
            return onBackend(problem, width, seed, progress, company.readLock());
        } catch (DeviceMemoryException beside) {
            return onBackend(problem, width, seed, progress, company.writeLock());
        }
    }

    private Trained onBackend(Problem problem, int width, long seed, Progress progress, Lock lock) {
        lock.lock();
        try (Backend lane = opened(problem, width).lanes.join()) {
            return new NetworkTrainer(width, seed, holding(problem, width), lane).observe(problem, progress);
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many networks are best trained at once: as many as there are cores, if the memory carries them, or as keep a
     * backend busy.
     *
     * @param widest width of the largest
     */
    public int atOnce(Problem problem, int widest) {
        return !isOnBackend(problem, widest)
                ? onCores(problem, widest)
                : opened(problem, widest).backend.problemsAtOnce();
    }

    /** {@link #atOnce} for networks that ND4J trains. */
    public static int onCores(Problem problem, int widest) {
        if (problem.network().architecture().takesImages()) {
            // The convolution library shares its work out over all cores itself.
            return 1;
        }
        double carried = SHARE_OF_MEMORY * Runtime.getRuntime().maxMemory() / bytes(problem, widest);
        return (int) Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), carried));
    }

    /** Kernels with a copy of each, weights with gradients and velocities, field histories, in float64. */
    private static double bytes(Problem problem, double width) {
        double depth = problem.network().depth();
        double points = problem.points();
        double columns = problem.training().record().length * points;
        double kernels = 4 * depth * columns * columns;
        double weights =
                3 * (depth * width * width + width * problem.dataset().inputs().size(0));
        return Double.BYTES * (kernels + weights + depth * width * (2 * columns + 4 * points));
    }

    /** What trains, for the record. */
    public synchronized String description() {
        String backends =
                opened.values().stream().map(each -> each.backend.description()).collect(Collectors.joining("; "));
        if (!nd4j || held == Holding.CONDITIONED) {
            return backends.isEmpty() ? "widthbench's own backend, " + choice.word() : backends;
        }
        String drawn = "ND4J " + Provenance.libraryVersion("org.nd4j", "nd4j-api") + " " + choice.word() + ", CPU";
        return backends.isEmpty() ? drawn : drawn + "; " + backends;
    }

    private OrderParameters onNd4j(Problem problem, int width, long seed, Progress progress) {
        try (Backend own = open(problem, width)) {
            return new NetworkTrainer(width, seed, own).train(problem, progress);
        }
    }

    /** A backend for drawn networks that are trained one after the other; closed by the caller. */
    public Backend open(Problem problem, int width) {
        FieldPrecision format = choice.format(problem, width);
        return nd4j ? new Nd4jBackend(format) : device.apply(format);
    }
}

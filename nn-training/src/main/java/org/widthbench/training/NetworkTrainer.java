package org.widthbench.training;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.Images;
import org.widthbench.core.measure.Observable;
import org.widthbench.core.measure.Observables;
import org.widthbench.core.measure.Recorder;
import org.widthbench.core.optimize.Optimizer;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Directions;
import org.widthbench.core.weights.Holding;
import org.widthbench.core.weights.NetworkRealization;
import org.widthbench.core.weights.Realization;

/**
 * Trains networks of width N by gradient descent, {@code docs/theory.md} sections 1, 3 and 6, and measures their order parameters. The
 * same {@code (seed, width)} always starts from the same weights; repeated runs on one machine agree to the last bit, and the
 * result of a network does not depend on which others are trained beside it.
 *
 * <p>Costs a step and network, with {@code w} bytes per number: forward and backward read the {@code (L-1) N^2 w} bytes of
 * the hidden weights once each, the update reads and writes them; {@code 6 (L-1) N^2 Q} flops.
 *
 * <p>Of images, {@code Phi^l} is the kernel of the features' mean over pixels, {@code G^l} that of {@code g}'s sum over pixels; h and
 * z are sampled evenly over channels and pixels.
 *
 * @param width number N of neurons per hidden layer, channels of a CNN, at least 1
 * @param seed which network of the ensemble
 * @param holding how the matrices between neurons are held
 * @param order in which minibatches come
 * @param backend where to train; stays open
 */
public record NetworkTrainer(int width, long seed, Holding holding, BatchOrder order, Backend backend) {
    /** Neurons whose h and z are kept as samples of the densities; more would not show in a histogram. */
    private static final int SAMPLES = 4096;

    /** @throws InvalidInputException if the width is below 1 */
    public NetworkTrainer {
        InvalidInputException.require(width >= 1, "width", width, "a whole number >= 1");
    }

    /** With reshuffled epochs. */
    public NetworkTrainer(int width, long seed, Holding holding, Backend backend) {
        this(width, seed, holding, BatchOrder.RESHUFFLED_EPOCHS, backend);
    }

    /** With weights that are drawn and kept. */
    public NetworkTrainer(int width, long seed, Backend backend) {
        this(width, seed, Holding.DENSE, backend);
    }

    /** {@link #train(Problem, Progress)} without a listener. */
    public OrderParameters train(Problem problem) {
        return train(problem, Progress.NONE);
    }

    /**
     * Trains and measures the order parameters at every recorded time.
     *
     * @throws InvalidInputException if the network or what is recorded of it cannot fit; nothing was computed
     * @throws SolverException if the training diverges
     */
    public OrderParameters train(Problem problem, Progress progress) {
        return observe(problem, progress).results();
    }

    /** {@link #train(Problem, Progress)} with the directions of matrices that are never drawn. */
    public Trained observe(Problem problem, Progress progress) {
        return train(problem, new long[] {seed}, Passes.BYTES, progress).get(0);
    }

    /** @param bytes what the fields of points that pass together may take */
    OrderParameters train(Problem problem, double bytes, Progress progress) {
        return train(problem, new long[] {seed}, bytes, progress).get(0).results();
    }

    /**
     * Trains one network of dense weights per seed, side by side.
     *
     * @return results in the order of the seeds
     * @throws InvalidInputException if the problem is too large
     * @throws SolverException if a network diverges or the backend fails
     */
    public static List<OrderParameters> trainEnsemble(
            Problem problem, int width, long[] seeds, Backend backend, Progress progress) {
        return new NetworkTrainer(width, 0, backend)
                .train(problem, seeds, Passes.BYTES, progress).stream()
                        .map(Trained::results)
                        .toList();
    }

    private List<Trained> train(Problem problem, long[] seeds, double bytes, Progress progress) {
        InvalidInputException.require(seeds.length > 0, "seeds", 0, "at least one");
        int rows = PointSchedule.of(problem).rows();
        int together = Passes.atATime(problem, rows, pointBytes(problem), holding, bytes);
        requireFits(problem, together, rows);
        try (Realization realization = realization(problem, seeds)) {
            return train(problem, realization, together, progress);
        }
    }

    /**
     * Trains the networks of a realization.
     *
     * @param together points that pass at a time
     */
    List<Trained> train(Problem problem, Realization realization, int together, Progress progress) {
        int networks = realization.networks();
        try (Recorder recorder = recorder(problem, networks)) {
            Program program = problem.program(realization, together);
            List<OrderParameters> results =
                    new TrainingRun(problem, name(problem), order, networks, program, recorder).run(progress);
            List<Directions> directions = program.sites().stream()
                    .flatMap(site -> site.weights().directions().stream())
                    .toList();
            return results.stream().map(own -> new Trained(own, directions)).toList();
        }
    }

    private Recorder recorder(Problem problem, int networks) {
        Images images =
                problem.network().architecture().images(problem.dataset().inputs());
        Observable.Setting setting = new Observable.Setting(
                backend,
                networks,
                problem.training().record().length,
                PointSchedule.of(problem).rows(),
                problem.outputs(),
                images.pixels(),
                problem.network().layers(),
                (int) Math.min((long) width * images.pixels(), SAMPLES),
                false);
        List<Observable> observables = new ArrayList<>(Observables.with(problem.observables()));
        if (problem.network().architecture().takesImages()) {
            observables.add(Observables.TANGENT_KERNEL);
        }
        return new Recorder(setting, observables);
    }

    /**
     * A long run on many points: each step passes its batch only, and chosen points are looked at at the recorded times.
     *
     * @param watched indices of the points looked at, training or test
     * @param inKernels the first so many of them are in the kernels too
     * @throws InvalidInputException if an index is none of the problem's points or the network does not fit the memory
     * @throws SolverException if the training diverges
     */
    public CnnTrajectory follow(Problem problem, int[] watched, int inKernels, Progress progress) {
        return follow(problem, watched, inKernels, null, progress);
    }

    /**
     * {@link #follow(Problem, int[], int, Progress)} of a run that may be killed and goes on where it was.
     *
     * @param kept where its state is kept and taken up from; null for nowhere
     */
    public CnnTrajectory follow(Problem problem, int[] watched, int inKernels, KeptRun kept, Progress progress) {
        for (int mu : watched) {
            InvalidInputException.require(
                    mu >= 0 && mu < problem.points(), "watched", mu, "a point in 0.." + (problem.points() - 1));
        }
        InvalidInputException.require(
                inKernels >= 0 && inKernels <= watched.length, "inKernels", inKernels, "at most " + watched.length);
        int batch = BatchSchedule.of(problem).size();
        int together = Passes.atATime(problem, batch, pointBytes(problem), holding, Passes.BYTES);
        requireNative(problem, together, 0);
        try (Realization realization = realization(problem, seed)) {
            Program program = problem.program(realization, together);
            return new LongRun(problem, name(problem), backend, program, order, watched, inKernels)
                    .train(kept, progress);
        }
    }

    private Realization realization(Problem problem, long... seeds) {
        return new NetworkRealization(backend, holding, seeds, width, Optimizer.of(problem.training()));
    }

    private String name(Problem problem) {
        return problem.network().architecture().takesImages()
                ? "network of " + width + " channels"
                : "network of width " + width;
    }

    /**
     * Which weights are certainly cheaper: conditioned where {@code 6 (k + m) N} flops a row, with every row of every time and pixel a
     * direction of its own, are fewer than the {@code 4 k^2 N^2} of a drawn matrix.
     */
    public static Holding cheapest(Problem problem, int width) {
        Images images =
                problem.network().architecture().images(problem.dataset().inputs());
        double rows =
                (double) problem.training().steps() * PointSchedule.of(problem).rows() * images.pixels();
        boolean cheaper = 6 * rows * (1 + problem.outputs()) < 4.0 * width;
        boolean linear = problem.training().optimizer() == Training.Optimizer.SGD;
        return linear && cheaper ? Holding.CONDITIONED : Holding.DENSE;
    }

    /**
     * Looks at sizes alone, before other work begins.
     *
     * @throws InvalidInputException with the numbers if the network or what is recorded of it cannot fit
     */
    public void requireFits(Problem problem) {
        int rows = PointSchedule.of(problem).rows();
        requireFits(problem, Passes.atATime(problem, rows, pointBytes(problem), holding, Passes.BYTES), rows);
    }

    private void requireFits(Problem problem, int together, int recordedPoints) {
        MemoryLimit.requireRecorded(problem);
        requireNative(problem, together, recordedPoints);
    }

    /** Lower bounds of what the CPU's memory has to hold; what another device holds it says itself. */
    private void requireNative(Problem problem, int together, int recordedPoints) {
        if (!(backend instanceof CpuBackend)) {
            return;
        }
        Architecture architecture = problem.network().architecture();
        Tensor inputs = problem.dataset().inputs();
        Images images = architecture.images(inputs);
        boolean drawn = holding == Holding.DENSE;
        double thin = (double) width * images.taps() * architecture.channels(inputs);
        double inner = drawn
                ? architecture.innerWeights(problem.network(), problem.dataset().inputs(), width)
                : 0;
        double largest = Math.max(
                thin,
                Math.max(
                        drawn
                                ? architecture.largestMatrix(
                                        problem.network(), problem.dataset().inputs(), width)
                                : width,
                        (double) width * images.pixels()));
        // Every point's own gradient, for the neural tangent kernel; phi and g of every recorded time.
        double gradients = images.isVector() ? 0 : (thin + inner) * recordedPoints;
        double histories = drawn
                ? 2.0 * problem.network().layers() * width * problem.training().record().length * recordedPoints
                : 0;
        double copies = problem.training().momentum() > 0 ? 2 : 1;
        MemoryLimit.requireNative(
                width,
                largest,
                bytesPerNumber() * (copies * (thin + inner) + gradients + histories) + together * pointBytes(problem));
    }

    private double pointBytes(Problem problem) {
        return Passes.pointBytes(problem, width, holding, bytesPerNumber());
    }

    private int bytesPerNumber() {
        return backend.format() == FieldPrecision.FLOAT32 ? Float.BYTES : Double.BYTES;
    }
}

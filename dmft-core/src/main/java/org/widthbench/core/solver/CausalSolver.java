package org.widthbench.core.solver;

import java.util.Map;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.optimize.ImpulseResponse;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Sobol;
import org.widthbench.core.weights.NoiseBasis;

/**
 * Causal Monte Carlo, {@code docs/theory.md} 4.1: one sweep over time solves the infinite-width equations of section 3,
 * with no fixed-point iteration and no Jacobians.
 *
 * @param samples number S of samples of the single-site process, best a power of two
 * @param seed chooses the noise; the same seed gives the same sample path on every backend
 * @param toleranceU residual variance, relative, above which a row of {@code u} becomes a pivot
 * @param toleranceR the same for {@code r}
 * @param responses false drops {@code A} and {@code B}: the gradient-independence approximation, whose predictions
 *     follow the NTK (dynamics FLOW)
 * @param residualNoise whether the variance that the pivots leave is added as independent noise
 * @param leading noise rows per layer drawn from a scrambled Sobol sequence
 * @param form how what was learned is held; all forms follow the same sample path
 * @param maxPivots most pivots that one process may take, the rest being left to residual noise; {@link #AUTO_PIVOTS}
 *     lets the solver choose
 * @param exactStart whether features and gradients are shifted so that their kernels at t = 0 are exact ({@link ExactStart});
 *     a fixed set of points only, and in CNNs no more rows {@code Q pixels} than S/2
 */
public record CausalSolver(
        int samples,
        long seed,
        double toleranceU,
        double toleranceR,
        boolean responses,
        boolean residualNoise,
        LeadingRows leading,
        Form form,
        int maxPivots,
        boolean exactStart)
        implements Solver {

    /** What configurations call the solver without responses, here and of linear networks. */
    static final String GRADIENT_INDEPENDENCE = "gradient-independence";

    /** How what was learned is held, {@code docs/theory.md} 4.1 "Memory sums". */
    public enum Form {
        /** In the ledger, in a CNN in the cheaper of the two forms; pivots are capped once {@code T Q > S}. */
        AUTO,
        /** In the ledger, without a cap of its own on the pivots; in a CNN whole kernel rows and the whole history of the fields. */
        KERNEL,
        /** The same as {@link #KERNEL}. */
        PIVOT,
        /** Among the samples, memory {@code L S^2}, pivots capped. */
        ACCUMULATOR
    }

    /** How the Sobol points of the leading rows are randomized ({@link Sobol}). */
    public enum Scrambling {
        /** A digital shift per coordinate. */
        SHIFT,
        /** Nested uniform scrambling (Owen 1995). */
        OWEN
    }

    /**
     * Noise rows per layer drawn from a Sobol sequence.
     *
     * @param count how many
     * @param scrambling how they are randomized
     */
    public record LeadingRows(int count, Scrambling scrambling) {
        /** More rows, or nested scrambling, gained nothing in measurements. */
        static final LeadingRows STANDARD = new LeadingRows(12, Scrambling.SHIFT);

        /** @throws InvalidInputException if there are not as many */
        public LeadingRows {
            InvalidInputException.require(
                    count >= 0 && count <= Sobol.MAX_DIMENSIONS,
                    "theory.leadingRows",
                    count,
                    "a whole number in 0.." + Sobol.MAX_DIMENSIONS);
        }
    }

    /** Good to 1e-3 in the loss on problems of moderate size. */
    public static final int DEFAULT_SAMPLES = 4096;
    /** Looser values bias the loss on images, whose kernel is dominated by the mean image. */
    public static final double DEFAULT_TOLERANCE_U = 1e-5;
    /** Gradient fields enter multiplied by the small memory weights and bear more. */
    public static final double DEFAULT_TOLERANCE_R = 1e-3;

    /**
     * No cap while {@code T Q <= S}; beyond half of the samples, so that the two processes of a layer together never need more rows
     * of noise than there are samples.
     */
    public static final int AUTO_PIVOTS = 0;

    /** Matrices of a layer that hold one field at the current time, forward or backward, of each at least. */
    private static final int CURRENT_FIELDS = 4;

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public CausalSolver {
        InvalidInputException.require(samples >= 2, "theory.samples", samples, "a whole number >= 2");
        InvalidInputException.require(
                toleranceU > 0 && toleranceU < 1, "theory.toleranceU", toleranceU, "a number in (0, 1)");
        InvalidInputException.require(
                toleranceR > 0 && toleranceR < 1, "theory.toleranceR", toleranceR, "a number in (0, 1)");
        InvalidInputException.require(maxPivots >= 0, "theory.maxPivots", maxPivots, "'auto' or a whole number >= 1");
    }

    /** The solver with default tolerances, which chooses its form and its cap on pivots itself. */
    public CausalSolver(int samples, long seed) {
        this(
                samples,
                seed,
                DEFAULT_TOLERANCE_U,
                DEFAULT_TOLERANCE_R,
                true,
                true,
                LeadingRows.STANDARD,
                Form.AUTO,
                AUTO_PIVOTS,
                true);
    }

    /** The same solver under other tolerances. */
    public CausalSolver withTolerances(double u, double r) {
        return new CausalSolver(samples, seed, u, r, responses, residualNoise, leading, form, maxPivots, exactStart);
    }

    /** The same solver without the responses {@code A} and {@code B}. */
    public CausalSolver withoutResponses() {
        return new CausalSolver(
                samples, seed, toleranceU, toleranceR, false, residualNoise, leading, form, maxPivots, exactStart);
    }

    /** The same solver with or without residual noise: without, it is exact for linear networks up to the tolerances. */
    public CausalSolver withResidualNoise(boolean noise) {
        return new CausalSolver(
                samples, seed, toleranceU, toleranceR, responses, noise, leading, form, maxPivots, exactStart);
    }

    /** The same solver with another number of samples and seed. */
    public CausalSolver withSamples(int size, long noise) {
        return new CausalSolver(
                size, noise, toleranceU, toleranceR, responses, residualNoise, leading, form, maxPivots, exactStart);
    }

    /** The same solver in the given form. */
    public CausalSolver withForm(Form other) {
        return new CausalSolver(
                samples, seed, toleranceU, toleranceR, responses, residualNoise, leading, other, maxPivots, exactStart);
    }

    /** The same solver with another cap on the pivots. */
    public CausalSolver withMaxPivots(int cap) {
        return new CausalSolver(
                samples, seed, toleranceU, toleranceR, responses, residualNoise, leading, form, cap, exactStart);
    }

    /** The same solver with other leading rows. */
    public CausalSolver withLeadingRows(int rows, Scrambling scrambling) {
        return new CausalSolver(
                samples,
                seed,
                toleranceU,
                toleranceR,
                responses,
                residualNoise,
                new LeadingRows(rows, scrambling),
                form,
                maxPivots,
                exactStart);
    }

    /** The same solver with or without exact kernels at t = 0. */
    public CausalSolver withExactStart(boolean exact) {
        return new CausalSolver(
                samples, seed, toleranceU, toleranceR, responses, residualNoise, leading, form, maxPivots, exact);
    }

    /** What configurations call this solver. */
    String name() {
        return responses ? "causal" : GRADIENT_INDEPENDENCE;
    }

    /**
     * Most pivots of one process: all where the rows {@code T Q} of a problem on one set of points are no more than the samples,
     * or {@link #form} says so. In a residual stream the rows of all layers live in the same samples.
     */
    int pivotLimit(Problem problem) {
        Network network = problem.network();
        Architecture architecture = network.architecture();
        int sharing = architecture.residual().exists() ? network.layers() : 1;
        long rows = (long) problem.training().steps() * problem.points() * sharing;
        boolean capped = architecture.takesImages()
                || isGeneral(problem)
                || form == Form.ACCUMULATOR
                || (form == Form.AUTO && rows > samples);
        return capped || maxPivots != AUTO_PIVOTS ? cap(sharing) : Integer.MAX_VALUE;
    }

    /**
     * The cap on the pivots of one process, where there is one.
     *
     * @param sharing number of layers that share their neurons
     */
    int cap(int sharing) {
        return maxPivots == AUTO_PIVOTS ? Math.max(1, samples / 2 / sharing) : maxPivots;
    }

    /** The noise of layer {@code 1..L}. */
    NoiseBasis noise(Backend backend, int layer) {
        double[][] rows = new double[samples][0];
        if (leading.count > 0) {
            // Samples of different layers never meet (they couple through averages alone), so one point set serves all.
            long seedOfLayer = Streams.scrambling(seed, layer);
            rows = leading.scrambling == Scrambling.OWEN
                    ? Sobol.owenScrambledPoints(leading.count, samples, seedOfLayer)
                    : Sobol.points(leading.count, samples, seedOfLayer);
        }
        return new NoiseBasis(backend, layer, seed, Streams.basis(layer), rows);
    }

    /**
     * {@inheritDoc}
     *
     * <p>In CNNs {@code Phi^l} is the kernel of the features' means over pixels, {@code G^l} that of the gradients' sums over
     * pixels, h and z are sampled at pixels spread evenly over the image.
     *
     * @throws org.widthbench.core.SolverException if the samples cannot carry the pivots, or the solution diverges
     */
    @Override
    public Solution solve(Problem problem, Backend backend, Progress progress) {
        InvalidInputException.require(
                responses || !isGeneral(problem),
                "theory.solver",
                GRADIENT_INDEPENDENCE,
                "causal with biases, several outputs or online data");
        InvalidInputException.require(
                problem.training().dynamics() == Training.Dynamics.DESCENT || !isGeneral(problem),
                "training.dynamics",
                "flow",
                "descent with biases or several outputs");
        Problem solved = solved(problem);
        cost(solved, backend).requireFits();
        try (SampledRealization realization = new SampledRealization(solved, this, backend);
                CausalSweep sweep = new CausalSweep(solved, this, realization)) {
            OrderParameters results = sweep.run(progress);
            PivotReport pivots = sweep.pivots();
            return new Solution(results, pivots, Map.of("pivots", pivots.toMap()), pivots.warning());
        }
    }

    /** Whether the problem needs {@code docs/theory.md} 4.5. */
    static boolean isGeneral(Problem problem) {
        return problem.network().bias() || problem.training().online() || problem.outputs() > 1;
    }

    /** Of a fully connected problem lower bounds; what another device than the CPU holds it says itself. */
    @Override
    public Cost cost(Problem problem, Backend backend) {
        return problem.network().architecture().takesImages()
                ? ConvolutionalCost.of(problem, this, backend)
                : () -> requireVectorsFit(problem, backend);
    }

    private void requireVectorsFit(Problem problem, Backend backend) {
        MemoryLimit.requireRecorded(problem);
        MemoryLimit.requireDensities(problem, samples);
        if (!(backend instanceof CpuBackend)) {
            return;
        }
        boolean capped = pivotLimit(problem) < Integer.MAX_VALUE;
        double depth = problem.network().layers();
        double forward = PointSchedule.of(problem).rows();
        double backward = forward * problem.outputs();
        double times = problem.training().record().length;
        // Where pivots are capped all layers keep the fields themselves, else the last one its features and the first
        // its gradients.
        MemoryLimit.requireNativeSamples(
                samples,
                times * backward,
                ((capped ? depth : 1) * times + depth * CURRENT_FIELDS) * (forward + backward),
                form == Form.ACCUMULATOR ? depth - 1 : 0,
                "fields of " + (long) times + " recorded times x " + (long) backward + " rows in " + (long) depth
                        + " layers");
    }

    @Override
    public Optional<ErrorBars> errorBars(Problem problem, Solution solution, Backend backend, Progress progress) {
        CausalSolver capped = withMaxPivots(pivotLimit(problem));
        return Optional.of(ErrorBars.estimate(
                samples,
                (fewer, offset) -> capped.withSamples(fewer, seed + offset),
                problem,
                solution,
                backend,
                progress));
    }

    /**
     * The problem as it is solved: without responses the read-out average misses what the lower layers learn, and only the NTK
     * carries it.
     *
     * @throws InvalidInputException if the NTK alone does not say where the optimizer goes
     */
    Problem solved(Problem problem) {
        if (responses) {
            return problem;
        }
        Training training = problem.training();
        String allowed = " with theory.solver " + GRADIENT_INDEPENDENCE
                + ", whose predictions follow the NTK; theory.solver causal takes it";
        InvalidInputException.require(
                training.momentum() == 0, "training.momentum", training.momentum(), "0" + allowed);
        InvalidInputException.require(
                training.weightDecay() == 0, "training.weightDecay", training.weightDecay(), "0" + allowed);
        InvalidInputException.require(
                BatchSchedule.of(problem).isFull(), "training.batch", training.batch(), "full" + allowed);
        InvalidInputException.require(
                ImpulseResponse.of(training).isPlain(), "training.schedule", "given", "none" + allowed);
        return problem.with(training.withDynamics(Training.Dynamics.FLOW));
    }
}

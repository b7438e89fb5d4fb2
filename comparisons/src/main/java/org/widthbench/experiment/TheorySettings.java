package org.widthbench.experiment;

import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.solver.AlternatingSolver;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.LinearSolver;
import org.widthbench.core.solver.OneHiddenLayerSolver;
import org.widthbench.core.solver.PerturbationSolver;
import org.widthbench.core.solver.Solver;
import org.widthbench.core.solver.StaticKernelSolver;

/**
 * Which infinite-width theory is computed, and how finely. Values that a method has no use for are ignored by it.
 *
 * @param method the solver or approximation
 * @param samples S, single-site samples of a Monte Carlo method, or of the densities of an exact one; at least 1
 * @param seed seed of the noise, at least 0
 * @param toleranceU of the causal solver, as all up to {@code exactStart} ({@link CausalSolver})
 * @param expansion which perturbation expansion
 * @param damping of the alternating solver, as the rest: share of new kernels in the next guess, in {@code (0, 1]}
 * @param tolerance largest relative change at which it stops, in {@code (0, 1)}
 * @param iterations how many at most, at least 1
 */
public record TheorySettings(
        Method method,
        int samples,
        long seed,
        double toleranceU,
        double toleranceR,
        boolean residualNoise,
        CausalSolver.Form memory,
        int maxPivots,
        int leadingRows,
        CausalSolver.Scrambling scrambling,
        boolean exactStart,
        PerturbationSolver.Form expansion,
        double damping,
        double tolerance,
        int iterations) {
    private static final String COUNT = "a whole number >= 1";
    private static final String TOLERANCE = "a number between 0 and 1";

    /** The section {@code theory}. */
    static final Keys<TheorySettings> KEYS = new Keys<>("theory", TheorySettings.class)
            .key("solver", "method", "")
            .key("samples", COUNT)
            .key("seed")
            .key("toleranceU", TOLERANCE)
            .key("toleranceR", TOLERANCE)
            .key("residualNoise")
            .key("memory")
            .key("maxPivots", COUNT)
            .spelled("auto", CausalSolver.AUTO_PIVOTS)
            .key("leadingRows", "a whole number >= 0")
            .key("scrambling")
            .key("exactStart")
            .key("expansion")
            .key("damping", "a number in (0, 1]")
            .key("tolerance", TOLERANCE)
            .key("iterations", COUNT);

    /** The solvers of {@code docs/theory.md} section 4 and the approximations of section 5. */
    public enum Method {
        /** Causal Monte Carlo, section 4.1. */
        CAUSAL,
        /** Alternating Monte Carlo, section 4.2. */
        ALTERNATING,
        /** Closed equations of deep linear networks, section 4.3. */
        LINEAR,
        /** Forward integration, section 4.4. */
        ONE_HIDDEN_LAYER,
        /** Kernels frozen at initialization, section 5. */
        STATIC_NTK,
        /** The full equations without cross-layer responses, section 5. */
        GRADIENT_INDEPENDENCE,
        /** Leading order in gamma0 squared, section 5. */
        PERTURBATION;

        /** The name used in configurations. */
        public String word() {
            return Words.of(this);
        }
    }

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public TheorySettings {
        InvalidInputException.require(samples >= 1, "theory.samples", samples, COUNT);
        InvalidInputException.require(seed >= 0, "theory.seed", seed, "a whole number >= 0");
        // Its own settings are checked even where another solver has no use for them, its number of samples is not.
        new CausalSolver(CausalSolver.DEFAULT_SAMPLES, 0)
                .withTolerances(toleranceU, toleranceR)
                .withMaxPivots(maxPivots)
                .withLeadingRows(leadingRows, scrambling);
    }

    /** The causal solver with its default accuracy. */
    public static TheorySettings causal() {
        CausalSolver standard = new CausalSolver(CausalSolver.DEFAULT_SAMPLES, 0);
        return new TheorySettings(
                Method.CAUSAL,
                standard.samples(),
                standard.seed(),
                standard.toleranceU(),
                standard.toleranceR(),
                standard.residualNoise(),
                standard.form(),
                standard.maxPivots(),
                standard.leading().count(),
                standard.leading().scrambling(),
                standard.exactStart(),
                PerturbationSolver.Form.CORRECTED,
                AlternatingSolver.DEFAULT_DAMPING,
                AlternatingSolver.DEFAULT_TOLERANCE,
                AlternatingSolver.DEFAULT_ITERATIONS);
    }

    /** These settings with another solver. */
    public TheorySettings withMethod(Method newMethod) {
        return KEYS.with(this, Map.of("solver", newMethod));
    }

    /** These settings with another number of samples. */
    public TheorySettings withSamples(int newSamples) {
        return KEYS.with(this, Map.of("samples", newSamples));
    }

    /** These settings with another seed. */
    public TheorySettings withSeed(long newSeed) {
        return KEYS.with(this, Map.of("seed", newSeed));
    }

    /** These settings with other pivot tolerances. */
    public TheorySettings withTolerances(double u, double r) {
        return KEYS.with(this, Map.of("toleranceU", u, "toleranceR", r));
    }

    /** These settings with another cap on pivots. */
    public TheorySettings withMaxPivots(int cap) {
        return KEYS.with(this, Map.of("maxPivots", cap));
    }

    /** The solver that these settings describe. */
    public Solver solver() {
        return switch (method) {
            case CAUSAL, GRADIENT_INDEPENDENCE ->
                new CausalSolver(
                        samples,
                        seed,
                        toleranceU,
                        toleranceR,
                        method == Method.CAUSAL,
                        residualNoise,
                        new CausalSolver.LeadingRows(leadingRows, scrambling),
                        memory,
                        maxPivots,
                        exactStart);
            case LINEAR -> new LinearSolver(samples, seed);
            case ONE_HIDDEN_LAYER -> new OneHiddenLayerSolver(samples, seed);
            case STATIC_NTK -> new StaticKernelSolver(samples, seed);
            case PERTURBATION -> new PerturbationSolver(expansion, samples, seed);
            case ALTERNATING -> new AlternatingSolver(samples, seed, damping, tolerance, iterations);
        };
    }
}

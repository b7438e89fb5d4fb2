package org.widthbench.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Solver;
import org.widthbench.core.solver.AlternatingSolver;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.LinearSolver;
import org.widthbench.core.solver.OneHiddenLayerSolver;
import org.widthbench.core.solver.PerturbationSolver;
import org.widthbench.core.solver.StaticKernelSolver;

/**
 * Which infinite-width theory is computed, and how finely. Values that a method has no use for are ignored by it.
 *
 * @param method the solver or approximation
 * @param samples S, single-site samples of a Monte Carlo method, or of the densities of an exact one; at least 1
 * @param seed seed of the noise, at least 0
 * @param causalSolver how finely the causal solver works; its samples and seed are those above
 * @param expansion which perturbation expansion
 * @param alternation how the alternating solver iterates
 */
public record TheorySettings(
        Method method,
        int samples,
        long seed,
        CausalSolver causalSolver,
        PerturbationSolver.Form expansion,
        Alternation alternation) {

    /**
     * How the alternating solver iterates.
     *
     * @param damping share of new kernels in the next guess, in {@code (0, 1]}
     * @param tolerance largest relative change at which it stops, in {@code (0, 1)}
     * @param iterations how many at most, at least 1
     */
    public record Alternation(double damping, double tolerance, int iterations) {
        /** The solver's own choice. */
        static final Alternation STANDARD = new Alternation(
                AlternatingSolver.DEFAULT_DAMPING,
                AlternatingSolver.DEFAULT_TOLERANCE,
                AlternatingSolver.DEFAULT_ITERATIONS);
    }

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
        InvalidInputException.require(samples >= 1, "theory.samples", samples, "a whole number >= 1");
        InvalidInputException.require(seed >= 0, "theory.seed", seed, "a whole number >= 0");
        causalSolver = causalSolver.withSamples(CausalSolver.DEFAULT_SAMPLES, 0);
    }

    /** The causal solver with its default accuracy. */
    public static TheorySettings causal() {
        return new TheorySettings(
                Method.CAUSAL,
                CausalSolver.DEFAULT_SAMPLES,
                0,
                new CausalSolver(CausalSolver.DEFAULT_SAMPLES, 0),
                PerturbationSolver.Form.CORRECTED,
                Alternation.STANDARD);
    }

    /** These settings with another solver. */
    public TheorySettings withMethod(Method newMethod) {
        return new TheorySettings(newMethod, samples, seed, causalSolver, expansion, alternation);
    }

    /** These settings with another number of samples. */
    public TheorySettings withSamples(int newSamples) {
        return new TheorySettings(method, newSamples, seed, causalSolver, expansion, alternation);
    }

    /** These settings with another seed. */
    public TheorySettings withSeed(long newSeed) {
        return new TheorySettings(method, samples, newSeed, causalSolver, expansion, alternation);
    }

    /** These settings with other pivot tolerances. */
    public TheorySettings withTolerances(double u, double r) {
        return new TheorySettings(method, samples, seed, causalSolver.withTolerances(u, r), expansion, alternation);
    }

    /** These settings with another cap on pivots. */
    public TheorySettings withMaxPivots(int cap) {
        return new TheorySettings(method, samples, seed, causalSolver.withMaxPivots(cap), expansion, alternation);
    }

    /** The solver that these settings describe. */
    public Solver solver() {
        return switch (method) {
            case CAUSAL -> causalSolver.withSamples(samples, seed);
            case GRADIENT_INDEPENDENCE ->
                causalSolver.withSamples(samples, seed).withoutResponses();
            case LINEAR -> new LinearSolver(samples, seed);
            case ONE_HIDDEN_LAYER -> new OneHiddenLayerSolver(samples, seed);
            case STATIC_NTK -> new StaticKernelSolver(samples, seed);
            case PERTURBATION -> new PerturbationSolver(expansion, samples, seed);
            case ALTERNATING ->
                new AlternatingSolver(
                        samples, seed, alternation.damping, alternation.tolerance, alternation.iterations);
        };
    }

    /** The keys of the section {@code theory}. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("solver", method.word());
        map.put("samples", samples);
        map.put("seed", seed);
        map.put("toleranceU", causalSolver.toleranceU());
        map.put("toleranceR", causalSolver.toleranceR());
        map.put("residualNoise", causalSolver.residualNoise());
        map.put("memory", Words.of(causalSolver.form()));
        map.put("maxPivots", causalSolver.maxPivots() == CausalSolver.AUTO_PIVOTS ? "auto" : causalSolver.maxPivots());
        map.put("leadingRows", causalSolver.leadingRows());
        map.put("scrambling", Words.of(causalSolver.scrambling()));
        map.put("exactStart", causalSolver.exactStart());
        map.put("expansion", Words.of(expansion));
        map.put("damping", alternation.damping);
        map.put("tolerance", alternation.tolerance);
        map.put("iterations", alternation.iterations);
        return map;
    }
}

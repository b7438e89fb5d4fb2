package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.Optional;
import org.widthbench.comparison.Alignment;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.solver.LinearSolver;
import org.widthbench.core.solver.PerturbationSolver;
import org.widthbench.core.solver.Solver;
import org.widthbench.core.solver.StaticKernelSolver;
import org.widthbench.figure.Ink;

/** The exact theory of deep linear networks and the approximations to it, {@code docs/theory.md} sections 4.3 and 5. */
enum Approximation {
    DMFT("dmft", "DMFT", 0),
    STATIC("static-ntk", "static NTK", 1),
    INDEPENDENCE("gradient-independence", "gradient indep.", 2),
    CORRECTED("perturbation-corrected", "pert., corrected", 3),
    PUBLISHED("perturbation-as-published", "pert., published", 4);

    private final String word;
    private final String label;
    private final int color;

    Approximation(String word, String label, int color) {
        this.word = word;
        this.label = label;
        this.color = color;
    }

    /** Its name in {@code approximations.csv}. */
    String word() {
        return word;
    }

    /** Its name in figures. */
    String label() {
        return label;
    }

    /** Its colour in figures. */
    Ink ink() {
        return Ink.category(color);
    }

    /** What computes it; the order parameters need no field samples. */
    Solver solver() {
        return switch (this) {
            case DMFT -> new LinearSolver(1, 0);
            case STATIC -> new StaticKernelSolver(1, 0);
            case INDEPENDENCE -> new LinearSolver(1, 0).withoutResponses();
            // The figure shows where the expansion ends, and so beyond.
            case CORRECTED -> new PerturbationSolver(PerturbationSolver.Form.CORRECTED, 1, 0)::evaluate;
            case PUBLISHED -> new PerturbationSolver(PerturbationSolver.Form.AS_PUBLISHED, 1, 0)::evaluate;
        };
    }

    /** Mean alignment over layers in the authors' picture, at gamma0 = 1 and 1.5; none for what it does not show. */
    Optional<double[]> read() {
        return switch (this) {
            case DMFT -> Optional.of(new double[] {0.994, 0.995});
            case STATIC -> Optional.of(new double[] {0.875, 0.764});
            case INDEPENDENCE -> Optional.of(new double[] {0.91, 0.855});
            case PUBLISHED -> Optional.of(new double[] {0.92, 0.862});
            case CORRECTED -> Optional.empty();
        };
    }

    /** {@code A(Phi^l, Phi'^l)} over all recorded times and points, {@code (L)}. */
    static double[] alignment(OrderParameters a, OrderParameters b) {
        double[] layers = new double[a.depth()];
        for (int l = 0; l < layers.length; l++) {
            layers[l] =
                    Alignment.of(a.featureKernels().get(l), b.featureKernels().get(l));
        }
        return layers;
    }

    /** Mean over layers. */
    static double mean(double[] layers) {
        return Arrays.stream(layers).average().orElseThrow();
    }
}

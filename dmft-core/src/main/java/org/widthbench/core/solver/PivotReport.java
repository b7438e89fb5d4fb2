package org.widthbench.core.solver;

import org.widthbench.core.SolverException;

/**
 * How many pivots the processes of a causal solve took, {@code docs/theory.md} 4.1 "Capped pivots", and what share of their
 * variance these explain at the worst time; residual noise stands for the rest. One entry per layer.
 *
 * @param forward pivots of {@code u^l}
 * @param backward pivots of {@code r^l}
 * @param forwardCaptured share of the variance of {@code u^l}
 * @param backwardCaptured share of the variance of {@code r^l}
 */
public record PivotReport(int[] forward, int[] backward, double[] forwardCaptured, double[] backwardCaptured) {
    /**
     * A cap that the solver chose itself must not leave more than this to residual noise: what noise cannot carry, the
     * responses to it, is in proportion to it.
     */
    static final double LEAST_CAPTURED = 0.9;

    static PivotReport of(SampledProcess[] u, SampledProcess[] r) {
        int depth = u.length;
        PivotReport report = new PivotReport(new int[depth], new int[depth], new double[depth], new double[depth]);
        for (int l = 0; l < depth; l++) {
            report.forward[l] = u[l].pivots();
            report.backward[l] = r[l].pivots();
            report.forwardCaptured[l] = u[l].captured();
            report.backwardCaptured[l] = r[l].captured();
        }
        return report;
    }

    static PivotReport of(CausalLayer... layers) {
        SampledProcess[] u = new SampledProcess[layers.length];
        SampledProcess[] r = new SampledProcess[layers.length];
        for (int l = 0; l < layers.length; l++) {
            u[l] = layers[l].uProcess;
            r[l] = layers[l].rProcess;
        }
        return of(u, r);
    }

    /** @throws SolverException if a cap that nobody asked for leaves too much to residual noise */
    static void requireEnough(CausalSolver settings, PivotReport report, int step) {
        if (settings.maxPivots() != CausalSolver.AUTO_PIVOTS) {
            return;
        }
        for (int l = 0; l < report.forward.length; l++) {
            require(settings, "u", report.forwardCaptured[l], report.forward[l], l + 1, step);
            require(settings, "r", report.backwardCaptured[l], report.backward[l], l + 1, step);
        }
    }

    private static void require(CausalSolver settings, String field, double captured, int pivots, int layer, int step) {
        if (captured < LEAST_CAPTURED) {
            throw new SolverException("theory.samples: " + settings.samples()
                    + " samples cannot carry the pivots that layer " + layer + " has at step " + step + ": the "
                    + pivots + " that fit explain " + Math.round(100 * captured)
                    + "% of the variance of " + field + "; raise theory.samples, or accept that by theory.maxPivots: "
                    + pivots);
        }
    }
}

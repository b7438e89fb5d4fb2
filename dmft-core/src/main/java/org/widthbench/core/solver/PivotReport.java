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

    static PivotReport of(CausalLayer... layers) {
        int depth = layers.length;
        PivotReport report = new PivotReport(new int[depth], new int[depth], new double[depth], new double[depth]);
        for (int l = 0; l < depth; l++) {
            report.forward[l] = layers[l].uProcess.pivots();
            report.backward[l] = layers[l].rProcess.pivots();
            report.forwardCaptured[l] = layers[l].uProcess.captured();
            report.backwardCaptured[l] = layers[l].rProcess.captured();
        }
        return report;
    }

    /** @throws SolverException if a cap that nobody asked for leaves too much to residual noise */
    static void requireEnough(CausalSolver settings, CausalLayer[] layers, int step) {
        if (settings.maxPivots() != CausalSolver.AUTO_PIVOTS) {
            return;
        }
        for (int l = 0; l < layers.length; l++) {
            require(settings, "u", layers[l].uProcess, l + 1, step);
            require(settings, "r", layers[l].rProcess, l + 1, step);
        }
    }

    private static void require(CausalSolver settings, String field, SampledProcess process, int layer, int step) {
        if (process.captured() < LEAST_CAPTURED) {
            throw new SolverException("theory.samples: " + settings.samples()
                    + " samples cannot carry the pivots that layer " + layer + " has at step " + step + ": the "
                    + process.pivots() + " that fit explain " + Math.round(100 * process.captured())
                    + "% of the variance of " + field + "; raise theory.samples, or accept that by theory.maxPivots: "
                    + process.pivots());
        }
    }
}

package org.widthbench.core.solver;

import java.util.List;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;

/**
 * Error bars of a causal solve with S samples, from two independent solves with S/2: half of their difference has the
 * standard deviation of their mean, which is what one solve with S has where the error falls like {@code 1/sqrt(S)} (it falls
 * faster with the default noise, so the bars are on the safe side). One standard error each.
 *
 * @param loss largest error of the loss over all times
 * @param features relative error of {@code Phi^l} in the Frobenius norm, length L
 * @param gradients relative error of {@code G^l} in the Frobenius norm, length L
 */
public record SamplingError(double loss, double[] features, double[] gradients) {
    /** Seeds of the two halves lie this far from the solve's own, so that neighbouring seeds stay independent runs. */
    private static final long SEED_OFFSET = 1L << 40;

    /** Solves twice with half of the samples; takes about as long as the solve itself. */
    public static SamplingError estimate(CausalSolver solver, Problem problem, Backend backend, Progress progress) {
        int half = Math.max(2, solver.samples() / 2);
        List<OrderParameters> halves = SolverBatch.solveAll(
                List.of(
                        solver.withSamples(half, solver.seed() + SEED_OFFSET),
                        solver.withSamples(half, solver.seed() + 2 * SEED_OFFSET)),
                List.of(problem, problem),
                backend,
                progress);
        OrderParameters first = halves.get(0);
        OrderParameters second = halves.get(1);
        double loss = 0;
        for (int t = 0; t < first.loss().length; t++) {
            loss = Math.max(loss, Math.abs(first.loss()[t] - second.loss()[t]) / 2);
        }
        return new SamplingError(
                loss,
                relative(first.featureKernels(), second.featureKernels()),
                relative(first.gradientKernels(), second.gradientKernels()));
    }

    private static double[] relative(List<Tensor> first, List<Tensor> second) {
        double[] errors = new double[first.size()];
        for (int l = 0; l < errors.length; l++) {
            double[] a = first.get(l).data();
            double[] b = second.get(l).data();
            double difference = 0;
            double mean = 0;
            for (int i = 0; i < a.length; i++) {
                difference += (a[i] - b[i]) * (a[i] - b[i]) / 4;
                mean += (a[i] + b[i]) * (a[i] + b[i]) / 4;
            }
            errors[l] = mean == 0 ? 0 : Math.sqrt(difference / mean);
        }
        return errors;
    }
}

package org.widthbench.core.solver;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.widthbench.core.SolverException;
import org.widthbench.core.weights.SampledProcess;

/**
 * How many pivots the processes of a causal solve took, {@code docs/theory.md} 4.1 "Capped pivots", and what share of their
 * variance these explain at the worst time; residual noise stands for the rest. One entry per layer.
 *
 * @param forward pivots of {@code u^l}
 * @param backward pivots of {@code r^l}
 * @param forwardCaptured share of the variance of {@code u^l}
 * @param backwardCaptured share of the variance of {@code r^l}
 * @param most most pivots of the processes of some neurons together: the rows of noise that these keep orthonormal
 */
public record PivotReport(
        int[] forward, int[] backward, double[] forwardCaptured, double[] backwardCaptured, int most) {
    /**
     * A cap that the solver chose itself must not leave more than this to residual noise: what noise cannot carry, the
     * responses to it, is in proportion to it.
     */
    static final double LEAST_CAPTURED = 0.9;

    /** A share left to noise that is worth a warning: its largest effect is then as large as good sampling errors. */
    private static final double WORTH_A_WARNING = 0.01;

    /**
     * Largest share of its fall that the loss was seen to miss per share of a process' variance that noise had to carry:
     * 0.04 to 0.22 (ReLU), 0.25 (tanh), 0.44 (CNN), {@code docs/accuracy.md}.
     */
    private static final double LOSS_PER_SHARE = 0.5;

    /**
     * Late in training a slower fall no longer shows in the share of what has fallen: where the loss falls exponentially at a rate
     * that is known to a relative {@code e}, it is known to {@code e ln(loss(0)/loss)}. Linear networks of up to five layers,
     * whose solution is known, missed at most 2.6 shares of that.
     */
    private static final double RATE_PER_SHARE = 1.5;

    /** Relative errors of the kernels of linear networks per share: 0.3 to 2 with up to three layers, mostly below 2 with five. */
    private static final double KERNELS_PER_SHARE = 1;

    /** Of a solution of which nothing is left to noise. */
    public static final PivotReport NONE = new PivotReport(new int[0], new int[0], new double[0], new double[0], 0);

    /** Of {@code u^1..u^L} and of {@code r^1..r^L}. */
    static PivotReport of(List<SampledProcess> forward, List<SampledProcess> backward, int most) {
        return new PivotReport(
                forward.stream().mapToInt(SampledProcess::pivots).toArray(),
                backward.stream().mapToInt(SampledProcess::pivots).toArray(),
                forward.stream().mapToDouble(SampledProcess::captured).toArray(),
                backward.stream().mapToDouble(SampledProcess::captured).toArray(),
                most);
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
                    + "% of the variance of " + field + "; raise theory.samples"
                    + (step == 0 ? "" : ", about in proportion to the steps wanted (so many lasted for " + step + ")")
                    + ", or accept that by theory.maxPivots: " + pivots);
        }
    }

    /** For a summary. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("u", forward);
        map.put("r", backward);
        map.put("capturedU", forwardCaptured);
        map.put("capturedR", backwardCaptured);
        warning().ifPresent(warning -> map.put("warning", warning));
        return map;
    }

    /** Largest share of the variance of any process that the pivots leave. */
    public double left() {
        double least = 1;
        for (int l = 0; l < forward.length; l++) {
            least = Math.min(least, Math.min(forwardCaptured[l], backwardCaptured[l]));
        }
        return 1 - least;
    }

    /** One line: how many pivots, and what they leave. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "pivots of u %s and r %s by layer, which leave at most %.1e of a variance to noise",
                join(forward),
                join(backward),
                left());
    }

    private static String join(int... counts) {
        return Arrays.stream(counts).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    }

    /**
     * The most that a loss may have missed of its fall because responses to what the pivots leave are lost, by experience.
     *
     * @param loss {@code (T)}
     * @return at every time
     */
    double[] lossBias(double... loss) {
        double[] bias = new double[loss.length];
        for (int t = 0; t < loss.length; t++) {
            double fall = Math.abs(loss[0] - loss[t]);
            double rate = loss[t] > 0 ? loss[t] * Math.abs(Math.log(loss[0] / loss[t])) : 0;
            bias[t] = left() * Math.min(LOSS_PER_SHARE * fall, RATE_PER_SHARE * rate);
        }
        return bias;
    }

    /** The same for kernels, relative in the Frobenius norm. */
    double kernelBias() {
        return KERNELS_PER_SHARE * left();
    }

    /**
     * One line if so much of a process is left to noise that the loss, which responses to it would lower, may be visibly too
     * high. Such a bias is the same for all seeds; {@link ErrorBars} include it.
     */
    public Optional<String> warning() {
        String field = "u";
        double least = 1;
        for (int l = 0; l < forward.length; l++) {
            if (forwardCaptured[l] < least) {
                least = forwardCaptured[l];
                field = "u_" + (l + 1);
            }
            if (backwardCaptured[l] < least) {
                least = backwardCaptured[l];
                field = "r_" + (l + 1);
            }
        }
        return least > 1 - WORTH_A_WARNING
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "warning: pivots explain %.1f%% of the variance of %s at the worst time: the loss may have fallen too"
                                + " little, by up to %.1f%% of its fall, which the error bars of solve include; raise"
                                + " theory.maxPivots or theory.samples, or tighten the tolerances",
                        100 * least,
                        field,
                        100 * LOSS_PER_SHARE * (1 - least)));
    }
}

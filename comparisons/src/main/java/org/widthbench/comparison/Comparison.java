package org.widthbench.comparison;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.apache.commons.math3.util.MathArrays;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

/**
 * Two sets of order parameters side by side.
 *
 * @param featureAlignment {@code A(Phi^l, Phi'^l)}, index {@code l-1}
 * @param gradientAlignment {@code A(G^l, G'^l)}, index {@code l-1}
 * @param featureNormRatio {@code |Phi'^l| / |Phi^l|}, index {@code l-1}
 * @param gradientNormRatio {@code |G'^l| / |G^l|}, index {@code l-1}
 * @param lossDistance {@code max_t |loss(t) - loss'(t)|}, in units of the loss
 * @param predictionDistance root mean square of {@code f - f'} over all times and points
 */
public record Comparison(
        double[] featureAlignment,
        double[] gradientAlignment,
        double[] featureNormRatio,
        double[] gradientNormRatio,
        double lossDistance,
        double predictionDistance) {

    /**
     * Compares layer by layer.
     *
     * @throws InvalidInputException naming the first array whose shape or times differ
     */
    public static Comparison of(OrderParameters a, OrderParameters b) {
        if (a.depth() != b.depth()) {
            throw new InvalidInputException("Phi_" + Math.max(a.depth(), b.depth()) + " is in one result only; depths "
                    + a.depth() + " and " + b.depth() + " cannot be compared");
        }
        requireSame("times", new int[] {a.times().length}, new int[] {b.times().length});
        if (!Arrays.equals(a.times(), b.times())) {
            throw new InvalidInputException(
                    "times: recorded at different times; give both runs the same training.record");
        }
        requireSame("loss", new int[] {a.loss().length}, new int[] {b.loss().length});
        requireSame("f", a.f().shape(), b.f().shape());
        return new Comparison(
                perLayer("Phi_", a.featureKernels(), b.featureKernels(), Alignment::of),
                perLayer("G_", a.gradientKernels(), b.gradientKernels(), Alignment::of),
                perLayer("Phi_", a.featureKernels(), b.featureKernels(), Alignment::normRatio),
                perLayer("G_", a.gradientKernels(), b.gradientKernels(), Alignment::normRatio),
                MathArrays.distanceInf(a.loss(), b.loss()),
                MathArrays.distance(a.f().data(), b.f().data()) / Math.sqrt(a.f().data().length));
    }

    /** Number L of layers. */
    public int depth() {
        return featureAlignment.length;
    }

    /** The same with the alignment of other features. */
    public Comparison withFeatures(double... alignment) {
        return new Comparison(
                alignment, gradientAlignment, featureNormRatio, gradientNormRatio, lossDistance, predictionDistance);
    }

    /** The smallest alignment of any layer and kernel. */
    public double worst() {
        return Math.min(
                Arrays.stream(featureAlignment).min().orElseThrow(),
                Arrays.stream(gradientAlignment).min().orElseThrow());
    }

    private static double[] perLayer(
            String name, List<Tensor> a, List<Tensor> b, ToDoubleBiFunction<Tensor, Tensor> value) {
        double[] values = new double[a.size()];
        for (int l = 0; l < values.length; l++) {
            requireSame(name + (l + 1), a.get(l).shape(), b.get(l).shape());
            values[l] = value.applyAsDouble(a.get(l), b.get(l));
        }
        return values;
    }

    private static void requireSame(String array, int[] a, int[] b) {
        if (!Arrays.equals(a, b)) {
            throw new InvalidInputException(array + ": shapes " + Arrays.toString(a) + " and " + Arrays.toString(b)
                    + " differ; both runs need the same points, depth and steps");
        }
    }
}

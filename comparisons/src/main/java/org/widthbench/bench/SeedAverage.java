package org.widthbench.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.util.MathArrays;
import org.widthbench.comparison.Alignment;
import org.widthbench.comparison.Comparison;
import org.widthbench.comparison.EnsembleMean;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.problem.OrderParameters;

/** Results of one problem that differ in the seed alone: what they are on average, and how well that is known. */
public final class SeedAverage {
    private final EnsembleMean ensemble = new EnsembleMean();
    private final List<double[]> losses = new ArrayList<>();
    private final List<double[]> predictions = new ArrayList<>();

    /** Takes the result of one more seed. */
    public void add(OrderParameters result) {
        ensemble.add(result);
        losses.add(result.loss().clone());
        double[] f = result.f().data();
        predictions.add(Arrays.copyOfRange(f, f.length - f.length / result.loss().length, f.length));
    }

    /** Number of seeds. */
    public int count() {
        return losses.size();
    }

    /** Loss averaged over the times {@code from <= t < to}. */
    public SeedStatistics loss(int from, int to) {
        return SeedStatistics.of(losses.stream()
                .mapToDouble(loss -> StatUtils.mean(loss, from, to - from))
                .toArray());
    }

    /** Root mean square over the points of the mean predictions' difference at the last time. */
    public double predictionDistance(SeedAverage other) {
        double[] here = SeedStatistics.mean(predictions);
        return MathArrays.distance(here, SeedStatistics.mean(other.predictions)) / Math.sqrt(here.length);
    }

    /** What {@link #predictionDistance} would be, root mean square, if both were averages of the same numbers. */
    public double predictionError(SeedAverage other) {
        return Math.sqrt(Stream.of(predictions, other.predictions)
                .flatMap(of -> SeedStatistics.along(of).stream())
                .mapToDouble(at -> at.standardError() * at.standardError() / predictions.get(0).length)
                .sum());
    }

    /** The smallest alignment of the mean kernels {@code Phi^l}, {@code G^l} and of the NTK. */
    public double[] alignments(SeedAverage other) {
        Comparison compared = Comparison.of(ensemble.mean(), other.ensemble.mean());
        return new double[] {
            StatUtils.min(compared.featureAlignment()),
            StatUtils.min(compared.gradientAlignment()),
            Alignment.of(ensemble.mean().ntk(), other.ensemble.mean().ntk())
        };
    }
}

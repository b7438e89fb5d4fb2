package org.widthbench.bench;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.StatUtils;
import org.widthbench.comparison.Alignment;
import org.widthbench.comparison.EnsembleMean;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

/** Results of one problem that differ in the seed alone: what they are on average, and how well that is known. */
public final class SeedAverage {
    private final EnsembleMean ensemble = new EnsembleMean();
    private final List<double[]> losses = new ArrayList<>();
    private final List<double[]> predictions = new ArrayList<>();

    /**
     * A number that was averaged over seeds.
     *
     * @param standardError of the mean, 0 if all seeds agree
     */
    public record Estimate(double mean, double standardError) {
        /** How many standard errors of their difference two estimates lie apart. */
        public double apart(Estimate other) {
            return (mean - other.mean) / Math.hypot(standardError, other.standardError);
        }
    }

    /** Takes the result of one more seed. */
    public void add(OrderParameters result) {
        ensemble.add(result);
        losses.add(result.loss().clone());
        double[] f = result.f().data();
        int last = f.length / result.loss().length;
        double[] atEnd = new double[last];
        System.arraycopy(f, f.length - last, atEnd, 0, last);
        predictions.add(atEnd);
    }

    /** Number of seeds. */
    public int count() {
        return losses.size();
    }

    /** Loss averaged over the times {@code from <= t < to}. */
    public Estimate loss(int from, int to) {
        return estimate(losses.stream()
                .mapToDouble(loss -> StatUtils.mean(loss, from, to - from))
                .toArray());
    }

    /** Root mean square over the points of the mean predictions' difference at the last time. */
    public double predictionDistance(SeedAverage other) {
        double square = 0;
        for (int i = 0; i < points(); i++) {
            square += Math.pow(prediction(i).mean - other.prediction(i).mean, 2) / points();
        }
        return Math.sqrt(square);
    }

    /** What {@link #predictionDistance} would be, root mean square, if both were averages of the same numbers. */
    public double predictionError(SeedAverage other) {
        double square = 0;
        for (int i = 0; i < points(); i++) {
            square += Math.pow(prediction(i).standardError, 2) / points();
            square += Math.pow(other.prediction(i).standardError, 2) / points();
        }
        return Math.sqrt(square);
    }

    /** The smallest alignment of the mean kernels {@code Phi^l}, {@code G^l} and of the NTK. */
    public double[] alignments(SeedAverage other) {
        OrderParameters a = ensemble.mean();
        OrderParameters b = other.ensemble.mean();
        return new double[] {
            smallest(a.featureKernels(), b.featureKernels()),
            smallest(a.gradientKernels(), b.gradientKernels()),
            Alignment.of(a.ntk(), b.ntk())
        };
    }

    private int points() {
        return predictions.get(0).length;
    }

    private Estimate prediction(int point) {
        return estimate(predictions.stream().mapToDouble(f -> f[point]).toArray());
    }

    private static double smallest(List<Tensor> a, List<Tensor> b) {
        double smallest = 1;
        for (int l = 0; l < a.size(); l++) {
            smallest = Math.min(smallest, Alignment.of(a.get(l), b.get(l)));
        }
        return smallest;
    }

    /** Of values of several seeds. */
    public static Estimate estimate(double... values) {
        return new Estimate(StatUtils.mean(values), Math.sqrt(StatUtils.variance(values) / values.length));
    }
}

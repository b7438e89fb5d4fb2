package org.widthbench.consistency;

import java.util.List;
import org.apache.commons.math3.util.MathArrays;
import org.widthbench.comparison.SeedStatistics;

/**
 * Mean squared error of E networks on K test points, taken apart:
 *
 * <pre>mean_s mean_x (f_s - y)^2 = mean_x (fbar - y)^2 + mean_s mean_x (f_s - fbar)^2</pre>
 *
 * with {@code fbar} the ensemble's mean. What the ensemble of narrow networks still loses against one of wide ones is the bias of
 * narrower width.
 *
 * @param single mean loss of one network
 * @param ensemble loss of the mean prediction
 * @param variance {@code mean_s mean_x (f_s - fbar)^2}, division by E
 * @param members E
 */
record Decomposition(double single, double ensemble, double variance, int members) {

    /**
     * @param predictions E arrays {@code (K)}
     * @param targets {@code (K)}
     */
    static Decomposition of(List<double[]> predictions, double[] targets) {
        double[] mean = SeedStatistics.mean(predictions);
        double single = 0;
        double variance = 0;
        for (double[] f : predictions) {
            single += meanSquare(f, targets) / predictions.size();
            variance += meanSquare(f, mean) / predictions.size();
        }
        return new Decomposition(single, meanSquare(mean, targets), variance, predictions.size());
    }

    /** Unbiased variance between networks; 0 for one network. */
    double seedVariance() {
        return members > 1 ? variance * members / (members - 1) : 0;
    }

    /** Loss of an ensemble of infinitely many networks, estimated: the E networks' mean still carries 1/E of their variance. */
    double infiniteEnsemble() {
        return ensemble - seedVariance() / members;
    }

    /** {@code mean_x (a - b)^2}. */
    static double meanSquare(double[] a, double[] b) {
        double distance = MathArrays.distance(a, b);
        return distance * distance / a.length;
    }
}

package org.widthbench.consistency;

import java.util.List;

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
        double[] mean = mean(predictions);
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

    static double[] mean(List<double[]> arrays) {
        double[] mean = new double[arrays.get(0).length];
        for (double[] values : arrays) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += values[i] / arrays.size();
            }
        }
        return mean;
    }

    /** {@code mean_x (a - b)^2}. */
    static double meanSquare(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum / a.length;
    }
}

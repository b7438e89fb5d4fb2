package org.widthbench.consistency;

import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.widthbench.core.Tensor;

/** Ridgeless regression itself with a kernel known on M points: what {@link KernelSpectrum#regressionError} predicts. */
final class KernelRegression {
    private KernelRegression() {}

    /**
     * Mean squared error over all M points, the p of the training set among them, as the prediction counts them.
     *
     * @param kernel symmetric, {@code (M,M)}
     * @param targets {@code (M)}
     * @param samples p, drawn without repetition
     * @param draws number of training sets, whose mean is taken
     */
    static double error(Tensor kernel, double[] targets, int samples, int draws, Random random) {
        double sum = 0;
        for (int draw = 0; draw < draws; draw++) {
            int[] chosen =
                    random.ints(0, targets.length).distinct().limit(samples).toArray();
            sum += error(kernel, targets, chosen) / draws;
        }
        return sum;
    }

    private static double error(Tensor kernel, double[] targets, int[] chosen) {
        int p = chosen.length;
        Array2DRowRealMatrix gram = new Array2DRowRealMatrix(p, p);
        ArrayRealVector known = new ArrayRealVector(p);
        for (int i = 0; i < p; i++) {
            known.setEntry(i, targets[chosen[i]]);
            for (int j = 0; j < p; j++) {
                gram.setEntry(i, j, (kernel.get(chosen[i], chosen[j]) + kernel.get(chosen[j], chosen[i])) / 2);
            }
        }
        // The smallest solution where the kernel has fewer dimensions than there are samples.
        RealVector weights = new SingularValueDecomposition(gram).getSolver().solve(known);
        double sum = 0;
        for (int x = 0; x < targets.length; x++) {
            double f = 0;
            for (int i = 0; i < p; i++) {
                f += weights.getEntry(i) * kernel.get(x, chosen[i]);
            }
            sum += (f - targets[x]) * (f - targets[x]) / targets.length;
        }
        return sum;
    }
}

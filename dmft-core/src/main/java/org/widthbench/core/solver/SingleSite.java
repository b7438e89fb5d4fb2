package org.widthbench.core.solver;

import static org.widthbench.core.solver.Dense.dot;
import static org.widthbench.core.solver.Dense.rowTimes;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.widthbench.core.activation.Activation;

/**
 * One layer's single-site process, {@code docs/theory.md} section 3, solved for given noise and couplings by forward
 * substitution, with its exact Jacobians. Over the n = TQ rows {@code (t,mu)},
 *
 * <pre>
 *   h = c u + C g,   z = c r + D phi(h),   g = phi'(h) z
 *   dh/du = c + C dg/du,  dz/du = D phi' dh/du,      dg/du = phi'' z dh/du + phi' dz/du
 *   dh/dr =     C dg/dr,  dz/dr = c + D phi' dh/dr,  dg/dr = phi'' z dh/dr + phi' dz/dr
 * </pre>
 *
 * with C strictly causal and D causal with its equal-time block. Slow by nature: {@code O(S (TQ)^3)}.
 */
final class SingleSite {
    /** Samples that one task handles; sums are formed in the order of tasks, whatever the number of threads. */
    private static final int TASK = 64;
    /** Times whose Jacobian rows are summed together. */
    private static final int BLOCK = 4;
    /** Step of the difference that stands for phi'': both of its errors are near 1e-10. */
    private static final double CURVATURE_STEP = 1e-5;

    private final Activation activation;
    private final int points;
    private final int n;
    private final int samples;
    private final double[] decay;
    private final boolean kinked;

    /** Fields of all samples, each {@code (S x n)}: a sample's history is contiguous. */
    final double[] h;

    final double[] z;
    final double[] phi;
    final double[] g;

    /** {@code phi(c u)}, for the control variates. */
    final double[] freePhi;

    /** @param decay {@code c(t)} */
    SingleSite(Activation activation, int points, int samples, double[] decay) {
        this.activation = activation;
        this.points = points;
        this.samples = samples;
        this.decay = decay;
        n = decay.length * points;
        kinked = activation.derivative(CURVATURE_STEP) - activation.derivative(-CURVATURE_STEP) > 0.5;
        h = new double[samples * n];
        z = new double[samples * n];
        phi = new double[samples * n];
        g = new double[samples * n];
        freePhi = new double[samples * n];
    }

    /**
     * Averages of the Jacobians.
     *
     * @param feature {@code A = <dphi/dr>}, (n x n)
     * @param gradient {@code B = <dg/du>}, (n x n)
     */
    record Responses(double[] feature, double[] gradient) {}

    /**
     * Solves every sample.
     *
     * @param u noise {@code (S x n)}
     * @param r noise {@code (S x n)}
     * @param c C, (n x n)
     * @param d D, (n x n)
     * @param needFeature whether A is needed
     * @param needGradient whether B is needed
     */
    Responses solve(double[] u, double[] r, double[] c, double[] d, boolean needFeature, boolean needGradient) {
        int tasks = (samples + TASK - 1) / TASK;
        Worker[] workers = new Worker[tasks];
        IntStream.range(0, tasks).parallel().forEach(task -> {
            Worker worker = new Worker(u, r, c, d, needFeature, needGradient);
            for (int i = task * TASK; i < Math.min(samples, (task + 1) * TASK); i++) {
                worker.run(i);
            }
            worker.forget();
            workers[task] = worker;
        });
        double[] feature = new double[needFeature ? n * n : 0];
        double[] gradient = new double[needGradient ? n * n : 0];
        for (Worker worker : workers) {
            Dense.axpy(1.0 / samples, worker.feature, 0, feature, 0, feature.length);
            Dense.axpy(1.0 / samples, worker.gradient, 0, gradient, 0, gradient.length);
        }
        return new Responses(feature, gradient);
    }

    /** Solves samples one after the other and sums their Jacobians. */
    private final class Worker {
        private final double[] u;
        private final double[] r;
        private final double[] c;
        private final double[] d;
        private final double[] feature;
        private final double[] gradient;
        private double[] slope = new double[n];
        private double[] curvature = new double[n];
        private double[] freeCurvature = new double[n];
        private double[] jacobianPhi = new double[n * n];
        private double[] jacobianG = new double[n * n];

        Worker(double[] u, double[] r, double[] c, double[] d, boolean needFeature, boolean needGradient) {
            this.u = u;
            this.r = r;
            this.c = c;
            this.d = d;
            feature = new double[needFeature ? n * n : 0];
            gradient = new double[needGradient ? n * n : 0];
        }

        void run(int sample) {
            int at = sample * n;
            for (int t = 0; t < decay.length; t++) {
                substitute(at, t);
            }
            double[] free = new double[n];
            for (int row = 0; row < n; row++) {
                free[row] = decay[row / points] * u[at + row];
            }
            double[] value = new double[n];
            activation.apply(free, value, null, n);
            System.arraycopy(value, 0, freePhi, at, n);
            if (feature.length + gradient.length == 0) {
                return;
            }
            curve(Arrays.copyOfRange(h, at, at + n), curvature);
            curve(free, freeCurvature);
            if (feature.length > 0) {
                differentiate(at, false);
                Dense.axpy(1, jacobianPhi, 0, feature, 0, n * n);
            }
            if (gradient.length > 0) {
                differentiate(at, true);
                Dense.axpy(1, jacobianG, 0, gradient, 0, n * n);
                for (int row = 0; row < n; row++) {
                    // Control variate of mean zero: the response of the free field.
                    double scale = decay[row / points];
                    gradient[row * n + row] -= scale * freeCurvature[row] * scale * r[at + row];
                }
            }
        }

        private void substitute(int at, int t) {
            int first = t * points;
            double[] block = new double[points];
            double[] slopes = new double[points];
            for (int mu = 0; mu < points; mu++) {
                int row = first + mu;
                h[at + row] = decay[t] * u[at + row] + dot(c, row * n, g, at, first);
                block[mu] = h[at + row];
            }
            activation.apply(block, block, slopes, points);
            System.arraycopy(block, 0, phi, at + first, points);
            System.arraycopy(slopes, 0, slope, first, points);
            for (int mu = 0; mu < points; mu++) {
                int row = first + mu;
                z[at + row] = decay[t] * r[at + row] + dot(d, row * n, phi, at, first + points);
                g[at + row] = slopes[mu] * z[at + row];
            }
        }

        /** Jacobians of phi and g by u or by r, row block by row block. */
        private void differentiate(int at, boolean byU) {
            Arrays.fill(jacobianPhi, 0);
            Arrays.fill(jacobianG, 0);
            double[] byH = new double[n];
            double[] byZ = new double[n];
            for (int t = 0; t < decay.length; t++) {
                int past = t * points;
                int known = past + points;
                for (int row = past; row < known; row++) {
                    Arrays.fill(byH, 0, known, 0);
                    addCausal(c, row, jacobianG, t, byH);
                    if (byU) {
                        byH[row] += decay[t];
                    }
                    Dense.axpy(slope[row], byH, 0, jacobianPhi, row * n, known);
                    Dense.axpy(curvature[row] * z[at + row], byH, 0, jacobianG, row * n, known);
                }
                for (int row = past; row < known; row++) {
                    Arrays.fill(byZ, 0, known, 0);
                    addCausal(d, row, jacobianPhi, t + 1, byZ);
                    if (!byU) {
                        byZ[row] += decay[t];
                    }
                    Dense.axpy(slope[row], byZ, 0, jacobianG, row * n, known);
                }
            }
        }

        /** {@code target += (row of coupling) jacobian} over times before {@code end}; a Jacobian's rows are causal too. */
        private void addCausal(double[] coupling, int row, double[] jacobian, int end, double[] target) {
            // Blocks of several times keep the inner loops long; their upper corner is zero.
            for (int s = 0; s < end; s += BLOCK) {
                int last = Math.min(end, s + BLOCK);
                int first = s * points;
                rowTimes(
                        coupling,
                        row * n + first,
                        jacobian,
                        first * n,
                        n,
                        last * points - first,
                        target,
                        0,
                        last * points);
            }
        }

        /** phi'' by central differences of phi'; 0 for a kink, as the published algorithm has it. */
        private void curve(double[] field, double[] result) {
            if (kinked) {
                Arrays.fill(result, 0);
                return;
            }
            double[] shifted = new double[n];
            double[] right = new double[n];
            for (int i = 0; i < n; i++) {
                shifted[i] = field[i] + CURVATURE_STEP;
            }
            activation.apply(shifted, null, right, n);
            for (int i = 0; i < n; i++) {
                shifted[i] = field[i] - CURVATURE_STEP;
            }
            activation.apply(shifted, null, result, n);
            for (int i = 0; i < n; i++) {
                result[i] = (right[i] - result[i]) / (2 * CURVATURE_STEP);
            }
        }

        /** Drops the working memory, keeps the sums. */
        void forget() {
            slope = null;
            curvature = null;
            freeCurvature = null;
            jacobianPhi = null;
            jacobianG = null;
        }
    }
}

package org.widthbench.core.solver;

import static org.widthbench.core.solver.Dense.dot;
import static org.widthbench.core.solver.Dense.rowTimes;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.widthbench.core.activation.Activation;

/**
 * One layer's single-site process, {@code docs/theory.md} section 3, solved for given noise and couplings by forward
 * substitution, with its exact Jacobians. Forward fields have the n = TQ rows {@code (t,mu)}, backward ones the
 * m = TQC rows {@code (t,mu,c)} of C outputs, the output running fastest:
 *
 * <pre>
 *   h = c u + C g,   z = c r + D phi(h),   g = phi'(h) z
 *   dh/du = c + C dg/du,  dz/du = D phi' dh/du,      dg/du = phi'' z dh/du + phi' dz/du
 *   dh/dr =     C dg/dr,  dz/dr = c + D phi' dh/dr,  dg/dr = phi'' z dh/dr + phi' dz/dr
 * </pre>
 *
 * with C {@code (n x m)} strictly causal and D {@code (m x n)} causal with its equal-time block. Slow by nature:
 * {@code O(S n m^2)}.
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
    private final int outputs;
    private final int n;
    private final int m;
    private final int samples;
    private final double[] decay;
    private final boolean kinked;

    /** Forward fields of all samples, {@code (S x n)}, as {@code phi}: a sample's history is contiguous. */
    final double[] h;

    final double[] phi;

    /** Backward fields of all samples, {@code (S x m)}, as {@code g}. */
    final double[] z;

    final double[] g;

    /** {@code phi(c u)}, (S x n), for the control variates. */
    final double[] freePhi;

    /**
     * @param points rows Q of a forward field at one time
     * @param outputs C
     * @param decay {@code c(t)}
     */
    SingleSite(Activation activation, int points, int outputs, int samples, double[] decay) {
        this.activation = activation;
        this.points = points;
        this.outputs = outputs;
        this.samples = samples;
        this.decay = decay;
        n = decay.length * points;
        m = n * outputs;
        kinked = activation.derivative(CURVATURE_STEP) - activation.derivative(-CURVATURE_STEP) > 0.5;
        h = new double[samples * n];
        phi = new double[samples * n];
        z = new double[samples * m];
        g = new double[samples * m];
        freePhi = new double[samples * n];
    }

    /**
     * Averages of the Jacobians.
     *
     * @param feature {@code A = <dphi/dr>}, (n x m)
     * @param gradient {@code B = <dg/du>}, (m x n)
     */
    record Responses(double[] feature, double[] gradient) {}

    /**
     * Solves every sample.
     *
     * @param u noise {@code (S x n)}
     * @param r noise {@code (S x m)}
     * @param c C, (n x m)
     * @param d D, (m x n)
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
        double[] feature = new double[needFeature ? n * m : 0];
        double[] gradient = new double[needGradient ? m * n : 0];
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
        /** Derivatives of phi and of g by u or by r, whose rows are n or m numbers long. */
        private double[] jacobianPhi = new double[n * m];

        private double[] jacobianG = new double[m * m];

        Worker(double[] u, double[] r, double[] c, double[] d, boolean needFeature, boolean needGradient) {
            this.u = u;
            this.r = r;
            this.c = c;
            this.d = d;
            feature = new double[needFeature ? n * m : 0];
            gradient = new double[needGradient ? m * n : 0];
        }

        void run(int sample) {
            int at = sample * n;
            int atBack = sample * m;
            for (int t = 0; t < decay.length; t++) {
                substitute(at, atBack, t);
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
                differentiate(atBack, false);
                Dense.axpy(1, jacobianPhi, 0, feature, 0, n * m);
            }
            if (gradient.length > 0) {
                differentiate(atBack, true);
                Dense.axpy(1, jacobianG, 0, gradient, 0, m * n);
                for (int row = 0; row < m; row++) {
                    // Control variate of mean zero: the response of the free field.
                    int of = row / outputs;
                    double scale = decay[of / points];
                    gradient[row * n + of] -= scale * freeCurvature[of] * scale * r[atBack + row];
                }
            }
        }

        private void substitute(int at, int atBack, int t) {
            int first = t * points;
            int firstBack = first * outputs;
            double[] block = new double[points];
            double[] slopes = new double[points];
            for (int mu = 0; mu < points; mu++) {
                int row = first + mu;
                h[at + row] = decay[t] * u[at + row] + dot(c, row * m, g, atBack, firstBack);
                block[mu] = h[at + row];
            }
            activation.apply(block, block, slopes, points);
            System.arraycopy(block, 0, phi, at + first, points);
            System.arraycopy(slopes, 0, slope, first, points);
            for (int row = firstBack; row < firstBack + points * outputs; row++) {
                z[atBack + row] = decay[t] * r[atBack + row] + dot(d, row * n, phi, at, first + points);
                g[atBack + row] = slope[row / outputs] * z[atBack + row];
            }
        }

        /** Jacobians of phi and g by u or by r, row block by row block. */
        private void differentiate(int atBack, boolean byU) {
            Arrays.fill(jacobianPhi, 0);
            Arrays.fill(jacobianG, 0);
            int width = byU ? n : m;
            int perTime = width / decay.length;
            double[] byField = new double[width];
            for (int t = 0; t < decay.length; t++) {
                int known = (t + 1) * perTime;
                for (int row = t * points; row < (t + 1) * points; row++) {
                    Arrays.fill(byField, 0, known, 0);
                    addCausal(c, row * m, points * outputs, jacobianG, perTime, t, byField);
                    if (byU) {
                        byField[row] += decay[t];
                    }
                    Dense.axpy(slope[row], byField, 0, jacobianPhi, row * width, known);
                    for (int back = row * outputs; back < (row + 1) * outputs; back++) {
                        Dense.axpy(curvature[row] * z[atBack + back], byField, 0, jacobianG, back * width, known);
                    }
                }
                for (int back = t * points * outputs; back < (t + 1) * points * outputs; back++) {
                    Arrays.fill(byField, 0, known, 0);
                    addCausal(d, back * n, points, jacobianPhi, perTime, t + 1, byField);
                    if (!byU) {
                        byField[back] += decay[t];
                    }
                    Dense.axpy(slope[back / outputs], byField, 0, jacobianG, back * width, known);
                }
            }
        }

        /**
         * {@code target += (row of coupling) jacobian} over times before {@code end}; a Jacobian's rows are causal too.
         *
         * @param rows of the Jacobian at one time
         * @param perTime columns of the Jacobian at one time
         */
        private void addCausal(
                double[] coupling, int at, int rows, double[] jacobian, int perTime, int end, double[] target) {
            int width = perTime * decay.length;
            // Blocks of several times keep the inner loops long; their upper corner is zero.
            for (int s = 0; s < end; s += BLOCK) {
                int last = Math.min(end, s + BLOCK);
                int first = s * rows;
                int count = last * rows - first;
                rowTimes(coupling, at + first, jacobian, first * width, width, count, target, 0, last * perTime);
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

package org.widthbench.core.solver;

import static org.widthbench.core.solver.Dense.axpy;
import static org.widthbench.core.solver.Dense.dot;
import static org.widthbench.core.solver.Dense.rowTimes;

/**
 * One hidden layer of the deep linear network's closed equations, {@code docs/theory.md} sections 4.3 and 4.5, solved row
 * block by row block in time. Features have the n = TQ rows {@code (t,mu)}; gradients are the same for all points and have the
 * m = TC rows {@code (t,c)} of C outputs, the output running fastest. Then
 *
 * <pre>
 *   h(t) = c(t) u(t) + sum_{s<t} C(t,s) g(s)        C (n x m)
 *   g(t) = c(t) r(t) + sum_{s<t} D(t,s) h(s)        D (m x n), zero on test points
 * </pre>
 *
 * are linear in {@code u ~ GP(0, H^{l-1} + bias)} and {@code r ~ GP(0, G^{l+1})}. Both {@code C} and {@code D} are strictly
 * causal (phi'' = 0, so there is no equal-time response), hence {@code N = (I - D C)^{-1}} is a forward substitution and
 * every row of {@code H, G, A, B} follows from earlier ones: no inverse, no damping, no iteration.
 */
final class LinearLayer {
    private final int points;
    private final int outputs;
    private final double bias;
    private final int n;
    private final int m;

    private final double[] c;
    private final double[] d;

    /** {@code A(t,s) = dh(t)/dr(s)}, (n x m). */
    final double[] featureResponse;

    /** {@code B(t,s) = dg(t)/du(s)}, (m x n). */
    final double[] gradientResponse;

    /** {@code dg(t)/dr(s)}, (m x m). */
    private final double[] gradientByR;

    /** {@code H(t,s) = <h(t) h(s)>}, (n x n). */
    final double[] featureKernel;

    /** {@code G(t,s) = <g(t) g(s)>}, (m x m). */
    final double[] gradientKernel;

    /** {@code <g(t) h(s)>}, (m x n). */
    final double[] crossKernel;

    /** @param bias what trainable biases add to {@code H^{l-1}} in covariance and memory: 1, or 0 without */
    LinearLayer(int times, int points, int outputs, double bias) {
        this.points = points;
        this.outputs = outputs;
        this.bias = bias;
        n = times * points;
        m = times * outputs;
        c = new double[n * m];
        d = new double[m * n];
        featureResponse = new double[n * m];
        gradientResponse = new double[m * n];
        gradientByR = new double[m * m];
        featureKernel = new double[n * n];
        gradientKernel = new double[m * m];
        crossKernel = new double[m * n];
    }

    /**
     * The fields {@code h(t)}: completes row block t of {@code A} and {@code H}.
     *
     * @param decay {@code c(0..t)}
     * @param weights {@code a kappa(t,s) b_al(s) Delta_{al,c}(s)} for the rows {@code (s,al,c)} before t
     * @param kernelBelow {@code H^{l-1}}, (n x n), known to row block t
     * @param responseBelow {@code A^{l-1}}, (n x m), or null for none, as in layer 1
     */
    void forward(int t, double[] decay, double[] weights, double[] kernelBelow, double[] responseBelow) {
        int known = t * outputs;
        double[] uWithG = new double[points * m];
        for (int mu = 0; mu < points; mu++) {
            int row = t * points + mu;
            double[] covariance = covariance(kernelBelow, row);
            for (int i = 0; i < weights.length; i++) {
                c[row * m + i / outputs / points * outputs + i % outputs] += weights[i] * covariance[i / outputs];
            }
            if (responseBelow != null) {
                axpy(decay[t], responseBelow, row * m, c, row * m, known);
            }
            for (int col = 0; col < known; col++) {
                int s = col / outputs;
                axpy(c[row * m + col], gradientByR, col * m, featureResponse, row * m, (s + 1) * outputs);
                // <u_mu(t) g(s)> by Gaussian integration by parts.
                uWithG[mu * m + col] = dot(covariance, 0, gradientResponse, col * n, s * points);
            }
            for (int col = 0; col < known; col++) {
                crossKernel[col * n + row] =
                        decay[t] * uWithG[mu * m + col] + dot(c, row * m, gradientKernel, col * m, known);
            }
        }
        for (int mu = 0; mu < points; mu++) {
            appendFeatureRow(t, mu, decay, kernelBelow, uWithG);
        }
    }

    /** {@code <u_mu(t) u(s)>} up to and including time t. */
    private double[] covariance(double[] kernelBelow, int row) {
        double[] covariance = new double[(row / points + 1) * points];
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] = kernelBelow[row * n + i] + bias;
        }
        return covariance;
    }

    /** {@code <h_mu(t) h(s)> = c(t) <u_mu(t) h(s)> + sum C(t,.) <g(.) h(s)>} for {@code s <= t}. */
    private void appendFeatureRow(int t, int mu, double[] decay, double[] kernelBelow, double[] uWithG) {
        int row = t * points + mu;
        int at = row * n;
        double[] covariance = covariance(kernelBelow, row);
        for (int past = 0; past < covariance.length; past++) {
            int s = past / points;
            double uWithH = decay[s] * covariance[past] + dot(c, past * m, uWithG, mu * m, s * outputs);
            featureKernel[at + past] = decay[t] * uWithH;
        }
        rowTimes(c, row * m, crossKernel, 0, n, t * outputs, featureKernel, at, covariance.length);
        for (int past = 0; past < covariance.length; past++) {
            featureKernel[past * n + row] = featureKernel[at + past];
        }
    }

    /**
     * The fields {@code g(t)}: completes row block t of {@code B}, {@code G} and the cross kernel.
     *
     * @param decay {@code c(0..t)}
     * @param weights as for {@link #forward}
     * @param kernelAbove {@code G^{l+1}}, (m x m), known to row block t
     * @param responseAbove {@code B^{l+1}}, (m x n), or null for none, as in layer L
     */
    void backward(int t, double[] decay, double[] weights, double[] kernelAbove, double[] responseAbove) {
        for (int row = t * outputs; row < (t + 1) * outputs; row++) {
            couple(row, decay[t], weights, kernelAbove, responseAbove);
            respond(row, decay);
        }
        for (int row = t * outputs; row < (t + 1) * outputs; row++) {
            appendCrossRow(row, decay[t], kernelAbove);
        }
        for (int row = t * outputs; row < (t + 1) * outputs; row++) {
            appendGradientRow(row, decay[t], kernelAbove);
        }
    }

    private void couple(int row, double decay, double[] weights, double[] kernelAbove, double[] responseAbove) {
        for (int i = 0; i < weights.length; i++) {
            int source = i / outputs / points * outputs + i % outputs;
            d[row * n + i / outputs] += weights[i] * kernelAbove[row * m + source];
        }
        if (responseAbove != null) {
            axpy(decay, responseAbove, row * n, d, row * n, row / outputs * points);
        }
    }

    /** Derivatives of one gradient by r and by u. */
    private void respond(int row, double[] decay) {
        int t = row / outputs;
        int past = t * points;
        double[] dc = new double[t * outputs];
        for (int i = 0; i < past; i++) {
            axpy(d[row * n + i], c, i * m, dc, 0, i / points * outputs);
            gradientResponse[row * n + i] = d[row * n + i] * decay[i / points];
        }
        gradientByR[row * m + row] = decay[t];
        for (int i = 0; i < dc.length; i++) {
            int s = i / outputs;
            axpy(dc[i], gradientByR, i * m, gradientByR, row * m, (s + 1) * outputs);
            axpy(dc[i], gradientResponse, i * n, gradientResponse, row * n, s * points);
        }
    }

    /** {@code <g(t) h(s)>} for {@code s <= t}. */
    private void appendCrossRow(int row, double decay, double[] kernelAbove) {
        int past = row / outputs * points;
        int known = past + points;
        for (int i = 0; i < known; i++) {
            int length = i / points * outputs;
            crossKernel[row * n + i] = decay * dot(featureResponse, i * m, kernelAbove, row * m, length);
        }
        rowTimes(d, row * n, featureKernel, 0, n, past, crossKernel, row * n, known);
    }

    private void appendGradientRow(int row, double decay, double[] kernelAbove) {
        int past = row / outputs * points;
        int known = (row / outputs + 1) * outputs;
        for (int i = 0; i < known; i++) {
            double rWithG = dot(gradientByR, i * m, kernelAbove, row * m, (i / outputs + 1) * outputs);
            double g = decay * rWithG + dot(d, row * n, crossKernel, i * n, past);
            gradientKernel[row * m + i] = g;
            gradientKernel[i * m + row] = g;
        }
    }
}

package org.widthbench.core.solver;

import static org.widthbench.core.solver.Dense.axpy;
import static org.widthbench.core.solver.Dense.dot;
import static org.widthbench.core.solver.Dense.rowTimes;

/**
 * One hidden layer of the deep linear network's closed equations, {@code docs/theory.md} section 4.3, solved row block
 * by row block in time. With a row {@code (t,mu)} at index {@code t Q + mu},
 *
 * <pre>
 *   h(t) = c(t) u(t) + sum_{s<t} C(t,s) g(s)        C (TQ x T)
 *   g(t) = c(t) r(t) + sum_{s<t} D(t,s) h(s)        D (T x TQ), zero on test points
 * </pre>
 *
 * are linear in {@code u ~ GP(0, H^{l-1})} and {@code r ~ GP(0, G^{l+1})}. Both {@code C} and {@code D} are strictly
 * causal (phi'' = 0, so there is no equal-time response), hence {@code N = (I - D C)^{-1}} is a forward substitution and
 * every row of {@code H, G, A, B} follows from earlier ones: no inverse, no damping, no iteration.
 */
final class LinearLayer {
    private final int points;
    private final int times;
    private final int rows;

    private final double[] c;
    private final double[] d;

    /** {@code A(t,s) = dh(t)/dr(s)}, (TQ x T). */
    final double[] featureResponse;

    /** {@code B(t,s) = dg(t)/du(s)}, (T x TQ). */
    final double[] gradientResponse;

    /** {@code dg(t)/dr(s)}, (T x T). */
    private final double[] gradientByR;

    /** {@code H(t,s) = <h(t) h(s)>}, (TQ x TQ). */
    final double[] featureKernel;

    /** {@code G(t,s) = <g(t) g(s)>}, (T x T). */
    final double[] gradientKernel;

    /** {@code <g(t) h(s)>}, (T x TQ). */
    final double[] crossKernel;

    LinearLayer(int times, int points) {
        this.times = times;
        this.points = points;
        this.rows = times * points;
        c = new double[rows * times];
        d = new double[times * rows];
        featureResponse = new double[rows * times];
        gradientResponse = new double[times * rows];
        gradientByR = new double[times * times];
        featureKernel = new double[rows * rows];
        gradientKernel = new double[times * times];
        crossKernel = new double[times * rows];
    }

    /**
     * The fields {@code h(t)}: completes row block t of {@code A} and {@code H}.
     *
     * @param decay {@code c(0..t)}
     * @param weights {@code a kappa(t,s) b_al(s) Delta_al(s)} for the rows {@code (s,al)} before t
     * @param kernelBelow {@code H^{l-1}}, (TQ x TQ), known to row block t
     * @param responseBelow {@code A^{l-1}}, (TQ x T), or null for none, as in layer 1
     */
    void forward(int t, double[] decay, double[] weights, double[] kernelBelow, double[] responseBelow) {
        double[] uWithG = new double[points * times];
        for (int mu = 0; mu < points; mu++) {
            int row = t * points + mu;
            for (int s = 0; s < t; s++) {
                double memory = 0;
                for (int al = 0; al < points; al++) {
                    memory += weights[s * points + al] * kernelBelow[row * rows + s * points + al];
                }
                double response = responseBelow == null ? 0 : decay[t] * responseBelow[row * times + s];
                c[row * times + s] = response + memory;
                axpy(c[row * times + s], gradientByR, s * times, featureResponse, row * times, s + 1);
                // <u_mu(t) g(s)> by Gaussian integration by parts.
                uWithG[mu * times + s] = dot(kernelBelow, row * rows, gradientResponse, s * rows, s * points);
            }
        }
        for (int al = 0; al < points; al++) {
            int row = t * points + al;
            for (int s = 0; s < t; s++) {
                crossKernel[s * rows + row] =
                        decay[t] * uWithG[al * times + s] + dot(c, row * times, gradientKernel, s * times, t);
            }
        }
        for (int mu = 0; mu < points; mu++) {
            appendFeatureRow(t, mu, decay, kernelBelow, uWithG);
        }
    }

    /** {@code <h_mu(t) h(s)> = c(t) <u_mu(t) h(s)> + sum C(t,.) <g(.) h(s)>} for {@code s <= t}. */
    private void appendFeatureRow(int t, int mu, double[] decay, double[] kernelBelow, double[] uWithG) {
        int row = t * points + mu;
        int at = row * rows;
        int known = (t + 1) * points;
        for (int past = 0; past < known; past++) {
            int s = past / points;
            double uWithH = decay[s] * kernelBelow[at + past] + dot(c, past * times, uWithG, mu * times, s);
            featureKernel[at + past] = decay[t] * uWithH;
        }
        rowTimes(c, row * times, crossKernel, 0, rows, t, featureKernel, at, known);
        for (int past = 0; past < known; past++) {
            featureKernel[past * rows + row] = featureKernel[at + past];
        }
    }

    /**
     * The field {@code g(t)}: completes row t of {@code B}, {@code G} and the cross kernel.
     *
     * @param decay {@code c(0..t)}
     * @param weights as for {@link #forward}
     * @param kernelAbove {@code G^{l+1}}, (T x T), known to row t
     * @param responseAbove {@code B^{l+1}}, (T x TQ), or null for none, as in layer L
     */
    void backward(int t, double[] decay, double[] weights, double[] kernelAbove, double[] responseAbove) {
        int past = t * points;
        for (int row = 0; row < past; row++) {
            double response = responseAbove == null ? 0 : decay[t] * responseAbove[t * rows + row];
            d[t * rows + row] = response + weights[row] * kernelAbove[t * times + row / points];
        }
        double[] dc = new double[times];
        for (int row = 0; row < past; row++) {
            axpy(d[t * rows + row], c, row * times, dc, 0, row / points);
        }
        gradientByR[t * times + t] = decay[t];
        for (int row = 0; row < past; row++) {
            gradientResponse[t * rows + row] = d[t * rows + row] * decay[row / points];
        }
        for (int s = 0; s < t; s++) {
            axpy(dc[s], gradientByR, s * times, gradientByR, t * times, s + 1);
            axpy(dc[s], gradientResponse, s * rows, gradientResponse, t * rows, s * points);
        }
        appendGradientRow(t, decay, kernelAbove);
    }

    private void appendGradientRow(int t, double[] decay, double[] kernelAbove) {
        int past = t * points;
        int known = past + points;
        int at = t * rows;
        for (int row = 0; row < known; row++) {
            double rWithH = dot(featureResponse, row * times, kernelAbove, t * times, row / points);
            crossKernel[at + row] = decay[t] * rWithH;
        }
        rowTimes(d, at, featureKernel, 0, rows, past, crossKernel, at, known);
        for (int s = 0; s <= t; s++) {
            double rWithG = dot(gradientByR, s * times, kernelAbove, t * times, s + 1);
            double g = decay[t] * rWithG + dot(d, at, crossKernel, s * rows, past);
            gradientKernel[t * times + s] = g;
            gradientKernel[s * times + t] = g;
        }
    }
}

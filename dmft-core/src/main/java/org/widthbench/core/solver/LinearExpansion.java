package org.widthbench.core.solver;

import static org.widthbench.core.solver.Dense.axpy;
import static org.widthbench.core.solver.Dense.dot;

import org.widthbench.core.problem.Problem;

/**
 * The order-gamma0^2 terms of a deep linear network's kernels, {@code docs/theory.md} section 5, from the lazy residuals
 * {@code Delta^0} of plain descent. With {@code v_al(t) = (eta/P) sum_{s<t} Delta^0_al(s)} and
 * {@code V_{al be}(t) = (eta/P) sum_{s<t} Delta^0_al(s) v_be(s)},
 *
 * <pre>
 *   H^l_2(t,s) = p_l (K v(t)) (K v(s))^T + q_l [K V(t) K + (K V(s) K)^T]
 *   G^l_2(t,s) = p'_l v(t)^T K v(s) + q'_l [tr(K V(t)) + tr(K V(s))].
 * </pre>
 */
final class LinearExpansion {
    private final int points;
    private final int depth;
    private final boolean responses;

    /** {@code K v(t)}, (T x Q). */
    private final double[] kv;

    /** {@code K V(t) K}, T times (Q x Q). */
    private final double[][] kvk;

    /** {@code v(t)^T K v(s)}, (T x T). */
    private final double[] vkv;

    /** {@code tr(K V(t))}. */
    private final double[] trace;

    private final int times;

    /**
     * @param lazy residuals {@code Delta^0}, {@code (T,P)}
     * @param responses false drops the cross-layer responses, as the printed prefactor does
     */
    LinearExpansion(Problem problem, double[] lazy, boolean responses) {
        this.responses = responses;
        points = problem.points();
        depth = problem.network().depth();
        int trained = problem.trainingPoints();
        times = lazy.length / trained;
        double[] kernel = problem.inputKernel().data();
        kv = new double[times * points];
        kvk = new double[times][];
        vkv = new double[times * times];
        trace = new double[times];
        double scale = problem.training().eta() / trained;
        double[] v = new double[trained];
        double[] pairs = new double[trained * trained];
        double[][] vAt = new double[times][];
        for (int t = 0; t < times; t++) {
            vAt[t] = v.clone();
            for (int mu = 0; mu < points; mu++) {
                kv[t * points + mu] = dot(kernel, mu * points, v, 0, trained);
            }
            kvk[t] = sandwich(kernel, pairs, trained);
            for (int al = 0; al < trained; al++) {
                trace[t] += dot(kernel, al * points, pairs, al * trained, trained);
            }
            for (int al = 0; al < trained; al++) {
                axpy(scale * lazy[t * trained + al], v, 0, pairs, al * trained, trained);
            }
            axpy(scale, lazy, t * trained, v, 0, trained);
        }
        for (int t = 0; t < times; t++) {
            for (int s = 0; s < times; s++) {
                vkv[t * times + s] = dot(vAt[t], 0, kv, s * points, trained);
            }
        }
    }

    /** {@code K V K} with the (Q x P) and (P x Q) blocks of K. */
    private double[] sandwich(double[] kernel, double[] pairs, int trained) {
        double[] left = new double[points * trained];
        double[] result = new double[points * points];
        for (int mu = 0; mu < points; mu++) {
            for (int al = 0; al < trained; al++) {
                axpy(kernel[mu * points + al], pairs, al * trained, left, mu * trained, trained);
            }
            for (int be = 0; be < trained; be++) {
                axpy(left[mu * trained + be], kernel, be * points, result, mu * points, points);
            }
        }
        return result;
    }

    /** {@code H^l_2} at entry {@code (t,mu,s,al)}; 0 for l = 0. */
    double feature(int layer, int t, int mu, int s, int al) {
        double outer = 0;
        double inner = 0;
        for (int k = 1; k <= layer; k++) {
            outer += responses ? k * k : 1;
            inner += responses ? k * (depth + 1 - k) : 1;
        }
        return outer * kv[t * points + mu] * kv[s * points + al]
                + inner * (kvk[t][mu * points + al] + kvk[s][al * points + mu]);
    }

    /** {@code G^l_2(t,s)}; 0 for l = L+1. */
    double gradient(int layer, int t, int s) {
        double outer = 0;
        double inner = 0;
        for (int k = layer; k <= depth; k++) {
            outer += responses ? (depth + 1 - k) * (depth + 1 - k) : 1;
            inner += responses ? k * (depth + 1 - k) : 1;
        }
        return outer * vkv[t * times + s] + inner * (trace[t] + trace[s]);
    }

    /** {@code NTK_2(t,t) = sum_{l=0..L} (G^{l+1}_2 K + H^l_2)}, {@code (Q,Q)}. */
    double[] tangent(double[] kernel, int t) {
        double[] ntk = new double[points * points];
        for (int l = 0; l <= depth; l++) {
            axpy(gradient(l + 1, t, t), kernel, 0, ntk, 0, ntk.length);
            for (int i = 0; i < ntk.length; i++) {
                ntk[i] += feature(l, t, i / points, t, i % points);
            }
        }
        return ntk;
    }
}

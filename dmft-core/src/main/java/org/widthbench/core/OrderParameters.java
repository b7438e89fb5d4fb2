package org.widthbench.core;

import java.util.List;

/**
 * What theory and network both produce, {@code docs/theory.md} section 2. T times, R recorded times, Q points of which
 * the first P are training points, L layers; layer lists are indexed {@code l-1}.
 *
 * @param times {@code (R)} recorded times
 * @param loss {@code (T)} mean squared residual {@code (1/P) sum_mu Delta_mu(t)^2}; online that of the coming batch
 * @param delta {@code (T,P)} residual {@code Delta = y - f}; {@code (T,P,C)} of C > 1 outputs
 * @param f {@code (T,Q)} centred predictions; {@code (T,Q,C)} of C > 1 outputs, when {@code G}, ntk and z have {@code Q C}
 *     rows for Q, the output running fastest. Online P and Q count the points of one time, {@link PointSchedule}
 * @param featureKernels {@code Phi^l}, L tensors {@code (R,Q,R,Q)}, index order (t, mu, s, alpha)
 * @param gradientKernels {@code G^l}, L tensors {@code (R,Q,R,Q)}
 * @param ntk neural tangent kernel at equal times, {@code (R,Q,Q)}
 * @param preactivations samples of {@code h^l} at the first and last recorded time, L tensors {@code (2,Q,S')}
 * @param pullbacks samples of the pullback field {@code z^l}, L tensors {@code (2,Q,S')}
 */
public record OrderParameters(
        int[] times,
        double[] loss,
        Tensor delta,
        Tensor f,
        List<Tensor> featureKernels,
        List<Tensor> gradientKernels,
        Tensor ntk,
        List<Tensor> preactivations,
        List<Tensor> pullbacks) {

    /** Copies the lists. */
    public OrderParameters {
        featureKernels = List.copyOf(featureKernels);
        gradientKernels = List.copyOf(gradientKernels);
        preactivations = List.copyOf(preactivations);
        pullbacks = List.copyOf(pullbacks);
    }

    /** Number L of hidden layers. */
    public int depth() {
        return featureKernels.size();
    }

    /** Loss at the last time. */
    public double finalLoss() {
        return loss[loss.length - 1];
    }

    /**
     * {@code NTK_{mu alpha}(t,t) = sum_{l=0..L} G^{l+1}(t,t) Phi^l(t,t)} with {@code Phi^0 = K^x}, {@code G^{L+1} = 1}.
     *
     * @param inputKernel {@code K^x (Q,Q)}
     * @param featureKernels L tensors {@code (R,Q,R,Q)}
     * @param gradientKernels L tensors {@code (R,Q,R,Q)}
     * @return {@code (R,Q,Q)}
     */
    public static Tensor neuralTangentKernel(
            Tensor inputKernel, List<Tensor> featureKernels, List<Tensor> gradientKernels) {
        int r = featureKernels.get(0).size(0);
        int q = featureKernels.get(0).size(1);
        int depth = featureKernels.size();
        double[] ntk = new double[r * q * q];
        for (int t = 0; t < r; t++) {
            for (int mu = 0; mu < q; mu++) {
                for (int al = 0; al < q; al++) {
                    int equalTime = ((t * q + mu) * r + t) * q + al;
                    double sum = featureKernels.get(depth - 1).data()[equalTime];
                    for (int l = 0; l < depth; l++) {
                        double features = l == 0
                                ? inputKernel.data()[mu * q + al]
                                : featureKernels.get(l - 1).data()[equalTime];
                        sum += gradientKernels.get(l).data()[equalTime] * features;
                    }
                    ntk[(t * q + mu) * q + al] = sum;
                }
            }
        }
        return new Tensor(new int[] {r, q, q}, ntk);
    }

    /**
     * The same sum for any problem, {@code docs/theory.md} 4.5: of the points of each recorded time, with
     * {@code Phi^{l-1} + 1} under biases, and per output where there are several.
     *
     * @param featureKernels L tensors {@code (R,Q,R,Q)}
     * @param gradientKernels L tensors {@code (R,Q C,R,Q C)}
     * @return {@code (R,Q C,Q C)}
     */
    public static Tensor neuralTangentKernel(
            Problem problem, List<Tensor> featureKernels, List<Tensor> gradientKernels) {
        PointSchedule schedule = PointSchedule.of(problem);
        int[] times = problem.training().record();
        int outputs = problem.outputs();
        int q = schedule.rows();
        int side = q * outputs;
        double bias = problem.network().bias() ? 1 : 0;
        double[] ntk = new double[Math.multiplyExact(times.length, side * side)];
        for (int t = 0; t < times.length; t++) {
            int[] points = schedule.points(times[t]);
            for (int i = 0; i < side * side; i++) {
                int mu = i / side / outputs;
                int al = i % side / outputs;
                int equalTime = ((t * q + mu) * times.length + t) * q + al;
                int outer = ((t * side + i / side) * times.length + t) * side + i % side;
                double below = problem.inputOverlap(points[mu], points[al]);
                double sum = 0;
                for (int l = 0; l < featureKernels.size(); l++) {
                    sum += gradientKernels.get(l).data()[outer] * (below + bias);
                    below = featureKernels.get(l).data()[equalTime];
                }
                boolean sameOutput = i / side % outputs == i % side % outputs;
                ntk[t * side * side + i] = sum + (sameOutput ? below : 0);
            }
        }
        return new Tensor(new int[] {times.length, side, side}, ntk);
    }
}

package org.widthbench.core.problem;

import java.util.List;
import org.widthbench.core.Tensor;

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
     * {@code NTK(t,t) = sum_{l=0..L} G^{l+1}(t,t) Phi^l(t,t)} with {@code Phi^0 = K^x} and {@code G^{L+1} = 1}, of the points
     * of each recorded time; {@code Phi^{l-1} + 1} under biases, {@code G^{L+1}_{cd} = delta_cd} of several outputs ({@code
     * docs/theory.md} 4.5); every {@code G^{l+1} Phi^l} of a residual stream counts by the square of its branch.
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
        double[] last = featureKernels.get(featureKernels.size() - 1).data();
        double[] ntk = new double[Math.multiplyExact(times.length, side * side)];
        double branch = problem.network()
                .architecture()
                .residual()
                .branch(problem.network().depth());
        double[] inputs = {};
        for (int t = 0; t < times.length; t++) {
            if (t == 0 || problem.training().online()) {
                inputs = problem.inputKernel(schedule.points(times[t])).data();
            }
            for (int i = 0; i < side * side; i++) {
                int mu = i / side / outputs;
                int al = i % side / outputs;
                int equalTime = ((t * q + mu) * times.length + t) * q + al;
                int outer = ((t * side + i / side) * times.length + t) * side + i % side;
                boolean sameOutput = i / side % outputs == i % side % outputs;
                double sum = sameOutput ? last[equalTime] : 0;
                double below = inputs[mu * q + al];
                for (int l = 0; l < featureKernels.size(); l++) {
                    double factor = l == 0 ? 1 : branch * branch;
                    sum += factor * gradientKernels.get(l).data()[outer] * (below + bias);
                    below = featureKernels.get(l).data()[equalTime];
                }
                ntk[t * side * side + i] = sum;
            }
        }
        return new Tensor(new int[] {times.length, side, side}, ntk);
    }
}

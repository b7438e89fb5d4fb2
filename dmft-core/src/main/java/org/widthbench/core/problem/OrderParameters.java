package org.widthbench.core.problem;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.architecture.Site;

/**
 * What theory and network both produce, {@code docs/theory.md} section 2, as arrays under the names that files give them, which
 * may be any. Q counts training points first, then test points; online P and Q count the points of one time, {@link
 * PointSchedule}. Of C > 1 outputs {@code G}, ntk and z have {@code Q C} rows for Q, the output running fastest.
 *
 * @param times {@code (R)} recorded times
 * @param arrays by name, those of one layer as {@code name_l}
 */
public record OrderParameters(int[] times, Map<String, Tensor> arrays) {
    /** The field samples, of which more seeds make more, where of all else they make means. */
    private static final List<String> SAMPLED = List.of("h", "z");

    /** Copies the map. */
    public OrderParameters {
        arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
    }

    /**
     * The arrays that all results have.
     *
     * @param times {@code (R)}
     * @param loss {@code (T)}
     * @param delta {@code (T,P)}, or {@code (T,P,C)}
     * @param f {@code (T,Q)}, or {@code (T,Q,C)}
     * @param featureKernels L tensors {@code (R,Q,R,Q)}
     * @param gradientKernels L tensors {@code (R,Q,R,Q)}
     * @param ntk {@code (R,Q,Q)}
     * @param preactivations L tensors {@code (2,Q,S')}
     * @param pullbacks L tensors {@code (2,Q,S')}
     */
    public static OrderParameters of(
            int[] times,
            double[] loss,
            Tensor delta,
            Tensor f,
            List<Tensor> featureKernels,
            List<Tensor> gradientKernels,
            Tensor ntk,
            List<Tensor> preactivations,
            List<Tensor> pullbacks) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("loss", Tensor.vector(loss));
        arrays.put("delta", delta);
        arrays.put("f", f);
        putLayers(arrays, "Phi", featureKernels);
        putLayers(arrays, "G", gradientKernels);
        arrays.put("ntk", ntk);
        putLayers(arrays, "h", preactivations);
        putLayers(arrays, "z", pullbacks);
        return new OrderParameters(times, arrays);
    }

    /**
     * What was measured of a program, with the neural tangent kernel where the others tell it.
     *
     * @param measured by name
     */
    public static OrderParameters of(
            Problem problem, Program program, double[] loss, Tensor delta, Tensor f, Map<String, Tensor> measured) {
        Map<String, Tensor> curves = new LinkedHashMap<>();
        curves.put("loss", Tensor.vector(loss));
        curves.put("delta", delta);
        curves.put("f", f);
        OrderParameters results = new OrderParameters(problem.training().record(), curves).with(measured);
        double[] factors = program.sites().stream().mapToDouble(Site::factor).toArray();
        Tensor ntk = measured.containsKey("ntk")
                ? measured.get("ntk")
                : neuralTangentKernel(problem, results.featureKernels(), results.gradientKernels(), factors);
        measured.forEach((name, array) -> {
            if (name.equals("h_1")) {
                // Files have kernels first, samples of fields behind them.
                curves.put("ntk", ntk);
            }
            curves.putIfAbsent(name, array);
        });
        return new OrderParameters(problem.training().record(), curves);
    }

    private static void putLayers(Map<String, Tensor> arrays, String name, List<Tensor> layers) {
        for (int l = 0; l < layers.size(); l++) {
            arrays.put(name + "_" + (l + 1), layers.get(l));
        }
    }

    /** These and further arrays. */
    public OrderParameters with(Map<String, Tensor> more) {
        Map<String, Tensor> all = new LinkedHashMap<>(arrays);
        all.putAll(more);
        return new OrderParameters(times, all);
    }

    /** Whether an array of this name holds samples, {@code (2,Q,S')}. */
    public static boolean isSampled(String array) {
        return array.contains("_") && SAMPLED.contains(array.substring(0, array.indexOf('_')));
    }

    /** The arrays {@code name_1, name_2, ...}, as many as there are. */
    public List<Tensor> layers(String name) {
        return IntStream.rangeClosed(1, arrays.size())
                .mapToObj(l -> arrays.get(name + "_" + l))
                .takeWhile(Objects::nonNull)
                .toList();
    }

    /** {@code (T)} mean squared residual {@code (1/P) sum_mu Delta_mu(t)^2}, or another mean loss; online that of the coming batch. */
    public double[] loss() {
        return arrays.get("loss").data();
    }

    /** {@code (T,P)} residual {@code Delta = y - f}; {@code (T,P,C)} of C > 1 outputs. */
    public Tensor delta() {
        return arrays.get("delta");
    }

    /** {@code (T,Q)} centred predictions; {@code (T,Q,C)} of C > 1 outputs. */
    public Tensor f() {
        return arrays.get("f");
    }

    /** {@code Phi^l}, L tensors {@code (R,Q,R,Q)}, index order (t, mu, s, alpha). */
    public List<Tensor> featureKernels() {
        return layers("Phi");
    }

    /** {@code G^l}, L tensors {@code (R,Q,R,Q)}. */
    public List<Tensor> gradientKernels() {
        return layers("G");
    }

    /** Neural tangent kernel at equal times, {@code (R,Q,Q)}. */
    public Tensor ntk() {
        return arrays.get("ntk");
    }

    /** Samples of {@code h^l} at the first and last recorded time, L tensors {@code (2,Q,S')}. */
    public List<Tensor> preactivations() {
        return layers("h");
    }

    /** Samples of the pullback field {@code z^l}, L tensors {@code (2,Q,S')}. */
    public List<Tensor> pullbacks() {
        return layers("z");
    }

    /** Number L of hidden layers. */
    public int depth() {
        return featureKernels().size();
    }

    /** Loss at the last time. */
    public double finalLoss() {
        return loss()[loss().length - 1];
    }

    /**
     * {@code NTK(t,t) = sum_{l=0..L} G^{l+1}(t,t) Phi^l(t,t)} with {@code Phi^0 = K^x} and {@code G^{L+1} = 1}, of the points
     * of each recorded time; {@code Phi^{l-1} + 1} under biases, {@code G^{L+1}_{cd} = delta_cd} of several outputs ({@code
     * docs/theory.md} 4.5).
     *
     * @param featureKernels L tensors {@code (R,Q,R,Q)}
     * @param gradientKernels L tensors {@code (R,Q C,R,Q C)}
     * @param factors what stands before the weights of each layer, by whose square its share counts; none for 1
     * @return {@code (R,Q C,Q C)}
     */
    public static Tensor neuralTangentKernel(
            Problem problem, List<Tensor> featureKernels, List<Tensor> gradientKernels, double... factors) {
        PointSchedule schedule = PointSchedule.of(problem);
        int[] times = problem.training().record();
        int outputs = problem.outputs();
        int q = schedule.rows();
        int side = q * outputs;
        double bias = problem.network().bias() ? 1 : 0;
        double[] last = featureKernels.get(featureKernels.size() - 1).data();
        double[] ntk = new double[Math.multiplyExact(times.length, side * side)];
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
                    double factor = factors.length == 0 ? 1 : factors[l];
                    sum += gradientKernels.get(l).data()[outer] * (factor * factor * below + bias);
                    below = featureKernels.get(l).data()[equalTime];
                }
                ntk[t * side * side + i] = sum;
            }
        }
        return new Tensor(new int[] {times.length, side, side}, ntk);
    }
}

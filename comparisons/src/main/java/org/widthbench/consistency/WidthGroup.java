package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Tensor;

/**
 * The networks of one width on one task.
 *
 * @param width N
 * @param runs one per seed
 * @param targets of the test points, {@code (K)}
 */
record WidthGroup(int width, List<NetworkRun> runs, double[] targets) {

    /** Groups by width, ascending. */
    static List<WidthGroup> of(StudyResult.TaskResult task) {
        return task.runs().stream()
                .collect(Collectors.groupingBy(NetworkRun::width, TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(group -> new WidthGroup(group.getKey(), group.getValue(), task.targets()))
                .toList();
    }

    int[] times() {
        return runs.get(0).observed().times();
    }

    int depth() {
        return runs.get(0).observed().depth();
    }

    int last() {
        return times().length - 1;
    }

    /** Every network's predictions at a recorded time. */
    List<double[]> predictions(int slot) {
        return runs.stream().map(run -> run.observed().predictions(slot)).toList();
    }

    double[] meanPrediction(int slot) {
        return SeedStatistics.mean(predictions(slot));
    }

    Decomposition decomposition(int slot) {
        return Decomposition.of(predictions(slot), targets);
    }

    /** Loss of single networks, mean over seeds, at every recorded time. */
    double[] singleLoss() {
        return IntStream.rangeClosed(0, last())
                .mapToDouble(slot -> decomposition(slot).single())
                .toArray();
    }

    /** A kernel at a recorded time, mean over seeds. */
    Tensor mean(Kernel kernel, int slot) {
        return new Tensor(
                kernel.at(runs.get(0).observed(), slot).shape(),
                SeedStatistics.mean(runs.stream()
                        .map(run -> kernel.at(run.observed(), slot).data())
                        .toList()));
    }

    /** Quantiles of a layer's preactivations at the first (0) or last (1) time, mean over seeds. */
    double[] quantiles(int layer, int time) {
        return SeedStatistics.mean(
                runs.stream().map(run -> run.observed().quantiles(layer, time)).toList());
    }

    /**
     * One of the kernels.
     *
     * @param plain its name
     * @param label the same in the markup of figures
     * @param of what is seen, the kernel at all recorded times
     */
    record Kernel(String plain, String label, Function<Observed, Tensor> of) {
        private static Kernel ofLayer(String plain, String symbol, int l, Function<Observed, List<Tensor>> layers) {
            String layer = "^" + (l + 1);
            return new Kernel(plain + layer, "$" + symbol + layer + "$", seen -> layers.apply(seen)
                    .get(l));
        }

        /** All: features, gradients, and the NTK last. */
        static List<Kernel> all(int depth) {
            List<Kernel> kernels = new ArrayList<>();
            for (int l = 0; l < depth; l++) {
                kernels.add(ofLayer("Phi", "\\Phi", l, Observed::features));
            }
            for (int l = 0; l < depth; l++) {
                kernels.add(ofLayer("G", "G", l, Observed::gradients));
            }
            kernels.add(new Kernel("NTK", "NTK", Observed::ntk));
            return kernels;
        }

        /** {@code (J,J)} at one recorded time. */
        Tensor at(Observed observed, int slot) {
            return Observed.at(of.apply(observed), slot);
        }
    }
}

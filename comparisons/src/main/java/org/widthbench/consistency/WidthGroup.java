package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.List;
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
        List<WidthGroup> groups = new ArrayList<>();
        for (int width : task.runs().stream()
                .mapToInt(NetworkRun::width)
                .sorted()
                .distinct()
                .toArray()) {
            groups.add(new WidthGroup(
                    width,
                    task.runs().stream().filter(run -> run.width() == width).toList(),
                    task.targets()));
        }
        return groups;
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
        return Decomposition.mean(predictions(slot));
    }

    Decomposition decomposition(int slot) {
        return Decomposition.of(predictions(slot), targets);
    }

    /** Loss of single networks, mean over seeds, at every recorded time. */
    double[] singleLoss() {
        double[] loss = new double[times().length];
        for (int slot = 0; slot < loss.length; slot++) {
            loss[slot] = decomposition(slot).single();
        }
        return loss;
    }

    /** Mean square distance of single networks from a reference. */
    double distance(double[] reference, int slot) {
        return predictions(slot).stream()
                .mapToDouble(f -> Decomposition.meanSquare(f, reference))
                .average()
                .orElseThrow();
    }

    /** A kernel at a recorded time, mean over seeds. */
    Tensor mean(Kernel kernel, int slot) {
        return new Tensor(
                Observed.at(kernel.of(runs.get(0).observed()), slot).shape(),
                Decomposition.mean(runs.stream()
                        .map(run -> Observed.at(kernel.of(run.observed()), slot).data())
                        .toList()));
    }

    /** Quantiles of a layer's preactivations at the first (0) or last (1) time, mean over seeds. */
    double[] quantiles(int layer, int time) {
        return Decomposition.mean(runs.stream()
                .map(run -> row(run.observed().quantiles().get(layer), time))
                .toList());
    }

    static double[] row(Tensor table, int row) {
        int columns = table.size(1);
        return java.util.Arrays.copyOfRange(table.data(), row * columns, (row + 1) * columns);
    }

    /** Sharpness at a recorded time, mean over seeds. */
    double sharpness(int slot) {
        return runs.stream()
                .mapToDouble(run -> run.sharpness().get(slot, 0))
                .average()
                .orElseThrow();
    }

    /**
     * One of the kernels.
     *
     * @param layer l from 0; ignored for the NTK
     */
    record Kernel(Kind kind, int layer) {
        enum Kind {
            FEATURE,
            GRADIENT,
            TANGENT
        }

        Tensor of(Observed observed) {
            return switch (kind) {
                case FEATURE -> observed.features().get(layer);
                case GRADIENT -> observed.gradients().get(layer);
                case TANGENT -> observed.ntk();
            };
        }

        String label() {
            return switch (kind) {
                case FEATURE -> "$\\Phi^" + (layer + 1) + "$";
                case GRADIENT -> "$G^" + (layer + 1) + "$";
                case TANGENT -> "NTK";
            };
        }

        String plain() {
            return switch (kind) {
                case FEATURE -> "Phi^" + (layer + 1);
                case GRADIENT -> "G^" + (layer + 1);
                case TANGENT -> "NTK";
            };
        }
    }
}

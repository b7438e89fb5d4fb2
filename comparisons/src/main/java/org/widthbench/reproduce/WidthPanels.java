package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Tensor;
import org.widthbench.figure.WidthConsistencyData;
import org.widthbench.figure.WidthConsistencyData.KernelComparison;
import org.widthbench.figure.WidthConsistencyData.LayerSamples;
import org.widthbench.figure.WidthConsistencyData.LossCurve;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;
import org.widthbench.sweep.TaskResult;

/** Cuts what the width figure shows out of order parameters. */
final class WidthPanels {
    private final OrderParameters theory;
    private final OrderParameters network;
    private final AlignmentTable table;

    /**
     * @param network mean over the ensemble of the widest networks
     * @param table of all networks, the widest among them
     */
    WidthPanels(OrderParameters theory, OrderParameters network, AlignmentTable table) {
        this.theory = theory;
        this.network = network;
        this.table = table;
    }

    /** Everything but the loss curves, which may be of several gamma0. */
    WidthConsistencyData data(List<LossCurve> losses) {
        int steps = theory.loss().length;
        int[] recorded = theory.times();
        int[] widths = table.widths();
        return new WidthConsistencyData(
                Kernels.times(steps),
                losses,
                samples(0),
                samples(1),
                kernels(Kernel.PHI, network.featureKernels(), theory.featureKernels()),
                kernels(Kernel.G, network.gradientKernels(), theory.gradientKernels()),
                widths,
                widths[widths.length - 1],
                new double[] {recorded[0], recorded[recorded.length - 1]});
    }

    /** The loss of the widest networks beside the theory's. */
    LossCurve lossCurve(double gamma0) {
        int[] widths = table.widths();
        int widest = widths[widths.length - 1];
        List<double[]> losses = table.results().stream()
                .filter(result -> result.width() == widest)
                .map(TaskResult::loss)
                .toList();
        return lossCurve(gamma0, losses, theory.loss());
    }

    /** Mean over networks, with its standard error where there are several. */
    static LossCurve lossCurve(double gamma0, List<double[]> losses, double[] theory) {
        int count = losses.size();
        double[] mean = new double[theory.length];
        double[] error = new double[count < 2 ? 0 : theory.length];
        for (int t = 0; t < theory.length; t++) {
            for (double[] loss : losses) {
                mean[t] += loss[t] / count;
            }
            double square = 0;
            for (double[] loss : losses) {
                square += (loss[t] - mean[t]) * (loss[t] - mean[t]);
            }
            if (count > 1) {
                error[t] = Math.sqrt(square / (count - 1) / count);
            }
        }
        return new LossCurve(gamma0, mean, error, theory);
    }

    private LayerSamples samples(int slice) {
        return new LayerSamples(pooled(network, slice), pooled(theory, slice));
    }

    /** Samples of all points together, at the first (0) or last (1) recorded time. */
    private static List<double[]> pooled(OrderParameters from, int slice) {
        List<double[]> layers = new ArrayList<>();
        for (Tensor layer : from.preactivations()) {
            int length = layer.size(1) * layer.size(2);
            double[] samples = new double[length];
            System.arraycopy(layer.data(), slice * length, samples, 0, length);
            layers.add(samples);
        }
        return layers;
    }

    private KernelComparison kernels(Kernel kernel, List<Tensor> ofNetwork, List<Tensor> ofTheory) {
        int points = theory.delta().size(1);
        double[][][] alignment = new double[ofTheory.size()][][];
        for (int layer = 1; layer <= alignment.length; layer++) {
            alignment[layer - 1] = alignment(kernel, layer);
        }
        return new KernelComparison(
                ofNetwork.stream().map(k -> Kernels.last(k, points)).toList(),
                ofTheory.stream().map(k -> Kernels.last(k, points)).toList(),
                ofNetwork.stream().map(k -> Kernels.traced(k, points)).toList(),
                ofTheory.stream().map(k -> Kernels.traced(k, points)).toList(),
                alignment);
    }

    /** {@code (W,K)}. */
    private double[][] alignment(Kernel kernel, int layer) {
        int[] widths = table.widths();
        double[][] alignment = new double[widths.length][];
        for (int i = 0; i < widths.length; i++) {
            alignment[i] = Arrays.stream(table.alignments(kernel, layer, widths[i]))
                    .map(a -> Math.min(SweepFigure.LARGEST_SHOWN, a))
                    .toArray();
        }
        return alignment;
    }
}

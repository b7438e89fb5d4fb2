package org.widthbench.figure;

import java.util.List;
import org.widthbench.core.InvalidInputException;

/**
 * What {@link WidthConsistencyFigure} shows. T times, L layers, P points, W widths, K seeds.
 *
 * @param times {@code (T)} abscissas of the loss curves
 * @param losses one entry per gamma0, ascending
 * @param initialDensities preactivations at the first recorded time
 * @param finalDensities preactivations at the last recorded time
 * @param features the feature kernels {@code Phi^l}
 * @param gradients the gradient kernels {@code G^l}
 * @param widths {@code (W)} ascending, where the alignments were measured
 * @param shownWidth width of the networks in densities and heat maps
 * @param extent first and last recorded time, the ends of the axes of the traced kernels
 */
public record WidthConsistencyData(
        double[] times,
        List<LossCurve> losses,
        LayerSamples initialDensities,
        LayerSamples finalDensities,
        KernelComparison features,
        KernelComparison gradients,
        int[] widths,
        int shownWidth,
        double[] extent) {

    /**
     * Loss of network and theory at one gamma0.
     *
     * @param gamma0 the feature learning strength
     * @param network {@code (T)} mean over seeds
     * @param networkError {@code (T)} standard error of that mean, or empty for none
     * @param theory {@code (T)}
     */
    public record LossCurve(double gamma0, double[] network, double[] networkError, double[] theory) {}

    /**
     * Samples of the preactivations {@code h^l}.
     *
     * @param network L arrays of any lengths
     * @param theory L arrays of any lengths
     */
    public record LayerSamples(List<double[]> network, List<double[]> theory) {}

    /**
     * One kind of kernel, network and theory.
     *
     * @param networkFinal L matrices {@code (P,P)} at the last time
     * @param theoryFinal L matrices {@code (P,P)} at the last time
     * @param networkTraced L matrices {@code (R,R)} over times, summed over the diagonal of points
     * @param theoryTraced L matrices {@code (R,R)}
     * @param alignment {@code (L,W,K)} cosine between network and theory for each seed
     */
    public record KernelComparison(
            List<double[][]> networkFinal,
            List<double[][]> theoryFinal,
            List<double[][]> networkTraced,
            List<double[][]> theoryTraced,
            double[][][] alignment) {}

    /** @throws InvalidInputException if numbers of layers or widths differ, or something is missing */
    public WidthConsistencyData {
        losses = List.copyOf(losses);
        int layers = features.networkFinal().size();
        require(!losses.isEmpty(), "there is no loss curve");
        require(layers > 0, "there is no layer");
        require(widths.length > 0, "there is no width");
        require(extent.length == 2, "the extent needs a first and a last time");
        for (LayerSamples samples : List.of(initialDensities, finalDensities)) {
            require(
                    samples.network().size() == layers && samples.theory().size() == layers,
                    "densities are not given for " + layers + " layers");
        }
        for (KernelComparison kernel : List.of(features, gradients)) {
            for (List<double[][]> maps : List.of(
                    kernel.networkFinal(), kernel.theoryFinal(), kernel.networkTraced(), kernel.theoryTraced())) {
                require(maps.size() == layers, "kernels are not given for " + layers + " layers");
            }
            require(kernel.alignment().length == layers, "alignment is not given for " + layers + " layers");
            for (double[][] layer : kernel.alignment()) {
                require(layer.length == widths.length, "alignment is not given for " + widths.length + " widths");
            }
        }
    }

    /** Number L of layers. */
    public int depth() {
        return features.networkFinal().size();
    }

    private static void require(boolean ok, String message) {
        if (!ok) {
            throw new InvalidInputException("width consistency figure: " + message);
        }
    }
}

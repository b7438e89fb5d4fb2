package org.widthbench.figure;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Networks minus theory. */
final class Difference {
    /** Places in a bin where the theory's density is read; a bin is a few of its cells wide. */
    private static final int PARTS = 8;

    private Difference() {}

    /**
     * One curve per pair: the first network with the first theory and so on, or all with the only one there is.
     *
     * @return empty if the numbers of networks and theories leave open what belongs together
     */
    static Optional<Panel> of(List<Mark> networks, List<Mark> theories, XyPanel panel) {
        int n = networks.size();
        int m = theories.size();
        if (n == 0 || m == 0 || (n != m && n != 1 && m != 1)) {
            return Optional.empty();
        }
        XyPanel.Builder builder = panel.likewise(", network \u2212 theory");
        boolean empty = true;
        for (int i = 0; i < Math.max(n, m); i++) {
            Mark network = networks.get(n == 1 ? 0 : i);
            Mark theory = theories.get(m == 1 ? 0 : i);
            double[][] curve = curve(network, theory);
            if (curve[0].length > 0) {
                Mark named = m > n ? theory : network;
                builder.curve(named.label(), named.ink(), LineStyle.SOLID, curve[0], curve[1]);
                empty = false;
            }
        }
        return empty ? Optional.empty() : Optional.of(builder.build());
    }

    // At the network's abscissas within the theory's, where the theory is a straight line between its points.
    private static double[][] curve(Mark network, Mark theory) {
        if (network instanceof Mark.Histogram histogram) {
            return curve(histogram, theory);
        }
        double[] x = network.x();
        double[] from = theory.x();
        int[] within = java.util.stream.IntStream.range(0, x.length)
                .filter(i -> x[i] >= from[0] && x[i] <= from[from.length - 1])
                .toArray();
        return new double[][] {
            Arrays.stream(within).mapToDouble(i -> x[i]).toArray(),
            Arrays.stream(within)
                    .mapToDouble(i -> network.high()[i] - interpolated(from, theory.high(), x[i]))
                    .toArray()
        };
    }

    // Bin by bin, with the theory averaged over the bin.
    private static double[][] curve(Mark.Histogram network, Mark theory) {
        int bins = network.x().length / 2;
        double[][] curve = new double[2][bins];
        for (int bin = 0; bin < bins; bin++) {
            double left = network.x()[2 * bin];
            double width = network.x()[2 * bin + 1] - left;
            curve[0][bin] = left + width / 2;
            curve[1][bin] = network.high()[2 * bin];
            for (int part = 0; part < PARTS; part++) {
                double at = left + (part + 0.5) / PARTS * width;
                double[] x = theory.x();
                double within = Math.max(x[0], Math.min(x[x.length - 1], at));
                curve[1][bin] -= interpolated(x, theory.high(), within) / PARTS;
            }
        }
        return curve;
    }

    private static double interpolated(double[] x, double[] y, double at) {
        int found = Arrays.binarySearch(x, at);
        if (found >= 0) {
            return y[found];
        }
        int after = -found - 1;
        double fraction = (at - x[after - 1]) / (x[after] - x[after - 1]);
        return y[after - 1] + fraction * (y[after] - y[after - 1]);
    }

    /** Entry by entry; where the shapes differ, on what they share. */
    static double[][] of(double[][] network, double[][] theory) {
        double[][] difference = new double[Math.min(network.length, theory.length)][];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = new double[Math.min(network[i].length, theory[i].length)];
            for (int j = 0; j < difference[i].length; j++) {
                difference[i][j] = network[i][j] - theory[i][j];
            }
        }
        return difference;
    }
}

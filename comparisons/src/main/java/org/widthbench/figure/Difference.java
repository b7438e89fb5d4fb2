package org.widthbench.figure;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Networks minus theory. */
final class Difference {
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

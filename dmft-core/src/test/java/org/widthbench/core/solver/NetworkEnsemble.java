package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.widthbench.core.problem.Problem;

/** A few independent {@link WideNetwork}s trained side by side, every field kept: for problems of a dozen steps. */
final class NetworkEnsemble {
    /** Standard errors allowed between mean and theory: with fixed seeds the outcome is certain, a bug shows as tens. */
    private static final double ERRORS = 4;

    private final int width;

    /** Indices (seed, time): predictions (Q), then fields (layer, Q x N). */
    private final double[][][] predictions;

    private final double[][][][] phi;
    private final double[][][][] g;

    NetworkEnsemble(Problem problem, int width, int seeds) {
        this.width = width;
        int times = problem.training().steps();
        predictions = new double[seeds][times][];
        phi = new double[seeds][times][][];
        g = new double[seeds][times][][];
        for (int seed = 0; seed < seeds; seed++) {
            WideNetwork network = new WideNetwork(problem, width, seed);
            for (int t = 0; t < times; t++) {
                if (t > 0) {
                    network.step();
                }
                predictions[seed][t] = network.predictions();
                phi[seed][t] = Arrays.stream(network.phi).map(double[]::clone).toArray(double[][]::new);
                g[seed][t] = Arrays.stream(network.g).map(double[]::clone).toArray(double[][]::new);
            }
        }
    }

    /** {@code f_mu(t)} of every seed. */
    double[] prediction(int t, int mu) {
        return IntStream.range(0, predictions.length)
                .mapToDouble(seed -> predictions[seed][t][mu])
                .toArray();
    }

    /** {@code Phi^{layer+1}_{mu al}(t,s)} of every seed. */
    double[] features(int layer, int t, int mu, int s, int al) {
        return IntStream.range(0, phi.length)
                .mapToDouble(seed -> overlap(phi[seed][t][layer], mu, phi[seed][s][layer], al))
                .toArray();
    }

    /** {@code G^{layer+1}_{mu al}(t,s)} of every seed. */
    double[] gradients(int layer, int t, int mu, int s, int al) {
        return IntStream.range(0, g.length)
                .mapToDouble(seed -> overlap(g[seed][t][layer], mu, g[seed][s][layer], al))
                .toArray();
    }

    private double overlap(double[] a, int mu, double[] b, int al) {
        return Dense.dot(a, mu * width, b, al * width, width) / width;
    }

    /**
     * The mean over seeds agrees with the theory within its standard error.
     *
     * @param largestError standard error, relative to values above one, beyond which the comparison would say too little
     */
    void assertAgrees(String what, double[] values, double theory, double largestError) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double error = Math.sqrt(squares / (values.length - 1) / values.length);
        assertThat(error).as("standard error of %s", what).isLessThan(largestError * Math.max(1, Math.abs(theory)));
        assertThat(mean).as("%s +- %s", what, error).isCloseTo(theory, within(ERRORS * error));
    }
}

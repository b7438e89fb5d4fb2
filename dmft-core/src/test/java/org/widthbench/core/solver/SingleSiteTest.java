package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Softplus;
import org.widthbench.core.activation.Tanh;

class SingleSiteTest {
    private static final int POINTS = 2;
    private static final int TIMES = 4;
    private static final int OUTPUTS = 2;
    /** Rows of forward fields, and of backward ones. */
    private static final int N = POINTS * TIMES;

    private static final int M = N * OUTPUTS;
    private static final int SAMPLES = 3;
    private static final double[] DECAY = {1, 0.9, 0.81, 0.729};

    private final double[] u = gaussian(1, SAMPLES * N);
    private final double[] r = gaussian(2, SAMPLES * M);
    private final double[] c = causal(gaussian(3, N * M), POINTS, POINTS * OUTPUTS, false);
    private final double[] d = causal(gaussian(4, M * N), POINTS * OUTPUTS, POINTS, true);

    private static double[] gaussian(long seed, int size) {
        Random random = new Random(seed);
        return random.doubles(size).map(ignored -> random.nextGaussian()).toArray();
    }

    private static double[] causal(double[] coupling, int rows, int columns, boolean equalTime) {
        for (int i = 0; i < coupling.length; i++) {
            int t = i / (columns * TIMES) / rows;
            int s = i % (columns * TIMES) / columns;
            coupling[i] *= s < t || (equalTime && s == t) ? 0.3 : 0;
        }
        return coupling;
    }

    private static SingleSite site(Activation activation) {
        return new SingleSite(activation, POINTS, OUTPUTS, SAMPLES, DECAY);
    }

    private SingleSite.Responses solve(SingleSite site, double[] noiseU, double[] noiseR) {
        return site.solve(noiseU, noiseR, c, d, true, true);
    }

    @Test
    void fieldsSatisfyTheirEquations() {
        SingleSite site = site(new Tanh(1.2));
        solve(site, u, r);
        for (int i = 0; i < SAMPLES; i++) {
            for (int row = 0; row < N; row++) {
                double h = DECAY[row / POINTS] * u[i * N + row];
                for (int col = 0; col < M; col++) {
                    h += c[row * M + col] * site.g[i * M + col];
                }
                assertThat(site.h[i * N + row]).isCloseTo(h, within(1e-13));
            }
            for (int row = 0; row < M; row++) {
                int of = row / OUTPUTS;
                double z = DECAY[of / POINTS] * r[i * M + row];
                for (int col = 0; col < N; col++) {
                    z += d[row * N + col] * site.phi[i * N + col];
                }
                assertThat(site.z[i * M + row]).isCloseTo(z, within(1e-13));
                double slope = new Tanh(1.2).derivative(site.h[i * N + of]);
                assertThat(site.g[i * M + row]).isCloseTo(slope * z, within(1e-13));
            }
        }
    }

    @Test
    void responsesAreTheDerivativesOfTheFields() {
        double step = 1e-5;
        for (Activation activation : new Activation[] {new Tanh(1.2), new Softplus(0.7)}) {
            SingleSite.Responses responses = solve(site(activation), u, r);
            for (int col = 0; col < M; col++) {
                double[] up = perturbed(activation, col, step, false).phi;
                double[] down = perturbed(activation, col, -step, false).phi;
                for (int row = 0; row < N; row++) {
                    double feature = 0;
                    for (int i = 0; i < SAMPLES; i++) {
                        feature += (up[i * N + row] - down[i * N + row]) / (2 * step * SAMPLES);
                    }
                    assertThat(responses.feature()[row * M + col]).isCloseTo(feature, within(1e-8));
                }
            }
            for (int col = 0; col < N; col++) {
                double[] up = perturbed(activation, col, step, true).g;
                double[] down = perturbed(activation, col, -step, true).g;
                for (int row = 0; row < M; row++) {
                    double gradient = 0;
                    for (int i = 0; i < SAMPLES; i++) {
                        gradient += (up[i * M + row] - down[i * M + row]) / (2 * step * SAMPLES);
                        gradient -= row / OUTPUTS == col ? freeResponse(activation, i, row) / SAMPLES : 0;
                    }
                    assertThat(responses.gradient()[row * N + col]).isCloseTo(gradient, within(1e-8));
                }
            }
        }
    }

    /** {@code d(phi'(c u) c r)/du}, the control variate of mean zero. */
    private double freeResponse(Activation activation, int sample, int row) {
        int of = row / OUTPUTS;
        double decay = DECAY[of / POINTS];
        double at = decay * u[sample * N + of];
        double curvature = (activation.derivative(at + 1e-5) - activation.derivative(at - 1e-5)) / 2e-5;
        return decay * curvature * decay * r[sample * M + row];
    }

    private SingleSite perturbed(Activation activation, int col, double step, boolean inU) {
        double[] noise = (inU ? u : r).clone();
        for (int i = 0; i < SAMPLES; i++) {
            noise[i * (inU ? N : M) + col] += step;
        }
        SingleSite site = site(activation);
        solve(site, inU ? noise : u, inU ? r : noise);
        return site;
    }
}

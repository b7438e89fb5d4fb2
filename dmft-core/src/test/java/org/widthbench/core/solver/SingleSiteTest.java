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
    private static final int N = POINTS * TIMES;
    private static final int SAMPLES = 3;
    private static final double[] DECAY = {1, 0.9, 0.81, 0.729};

    private final double[] u = gaussian(1, SAMPLES * N);
    private final double[] r = gaussian(2, SAMPLES * N);
    private final double[] c = causal(gaussian(3, N * N), false);
    private final double[] d = causal(gaussian(4, N * N), true);

    private static double[] gaussian(long seed, int size) {
        Random random = new Random(seed);
        return random.doubles(size).map(ignored -> random.nextGaussian()).toArray();
    }

    private static double[] causal(double[] coupling, boolean equalTime) {
        for (int row = 0; row < N; row++) {
            for (int col = 0; col < N; col++) {
                boolean kept = col / POINTS < row / POINTS || (equalTime && col / POINTS == row / POINTS);
                coupling[row * N + col] *= kept ? 0.3 : 0;
            }
        }
        return coupling;
    }

    private SingleSite.Responses solve(SingleSite site, double[] noiseU, double[] noiseR) {
        return site.solve(noiseU, noiseR, c, d, true, true);
    }

    @Test
    void fieldsSatisfyTheirEquations() {
        SingleSite site = new SingleSite(new Tanh(1.2), POINTS, SAMPLES, DECAY);
        solve(site, u, r);
        for (int i = 0; i < SAMPLES; i++) {
            for (int row = 0; row < N; row++) {
                double h = DECAY[row / POINTS] * u[i * N + row];
                double z = DECAY[row / POINTS] * r[i * N + row];
                for (int col = 0; col < N; col++) {
                    h += c[row * N + col] * site.g[i * N + col];
                    z += d[row * N + col] * site.phi[i * N + col];
                }
                assertThat(site.h[i * N + row]).isCloseTo(h, within(1e-13));
                assertThat(site.z[i * N + row]).isCloseTo(z, within(1e-13));
                assertThat(site.g[i * N + row]).isCloseTo(new Tanh(1.2).derivative(h) * z, within(1e-13));
            }
        }
    }

    @Test
    void responsesAreTheDerivativesOfTheFields() {
        for (Activation activation : new Activation[] {new Tanh(1.2), new Softplus(0.7)}) {
            SingleSite site = new SingleSite(activation, POINTS, SAMPLES, DECAY);
            SingleSite.Responses responses = solve(site, u, r);
            double step = 1e-5;
            for (int col = 0; col < N; col++) {
                double[] phiUp = perturbed(activation, col, step, false).phi;
                double[] phiDown = perturbed(activation, col, -step, false).phi;
                double[] gUp = perturbed(activation, col, step, true).g;
                double[] gDown = perturbed(activation, col, -step, true).g;
                for (int row = 0; row < N; row++) {
                    double feature = 0;
                    double gradient = 0;
                    for (int i = 0; i < SAMPLES; i++) {
                        feature += (phiUp[i * N + row] - phiDown[i * N + row]) / (2 * step * SAMPLES);
                        gradient += (gUp[i * N + row] - gDown[i * N + row]) / (2 * step * SAMPLES);
                        gradient -= row == col ? freeResponse(activation, i, row) / SAMPLES : 0;
                    }
                    assertThat(responses.feature()[row * N + col]).isCloseTo(feature, within(1e-8));
                    assertThat(responses.gradient()[row * N + col]).isCloseTo(gradient, within(1e-8));
                }
            }
        }
    }

    /** {@code d(phi'(c u) c r)/du}, the control variate of mean zero. */
    private double freeResponse(Activation activation, int sample, int row) {
        double decay = DECAY[row / POINTS];
        double at = decay * u[sample * N + row];
        double curvature = (activation.derivative(at + 1e-5) - activation.derivative(at - 1e-5)) / 2e-5;
        return decay * curvature * decay * r[sample * N + row];
    }

    private SingleSite perturbed(Activation activation, int col, double step, boolean inU) {
        double[] noise = (inU ? u : r).clone();
        for (int i = 0; i < SAMPLES; i++) {
            noise[i * N + col] += step;
        }
        SingleSite site = new SingleSite(activation, POINTS, SAMPLES, DECAY);
        solve(site, inU ? noise : u, inU ? r : noise);
        return site;
    }
}

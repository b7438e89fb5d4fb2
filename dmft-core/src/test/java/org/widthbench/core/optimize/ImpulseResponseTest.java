package org.widthbench.core.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Training;

class ImpulseResponseTest {
    private static final double ETA = 0.3;
    private static final int STEPS = 12;

    private static Training optimizer(double momentum, double weightDecay) {
        return new Training(0.7, ETA, STEPS, momentum, weightDecay, 0, Training.Dynamics.DESCENT, null);
    }

    @Test
    void plainDescentKeepsInitialWeightsAndAddsEveryGradientOnce() {
        ImpulseResponse response = ImpulseResponse.of(optimizer(0, 0));
        assertThat(response.isPlain()).isTrue();
        for (int t = 0; t <= STEPS; t++) {
            assertThat(response.decay(t)).isEqualTo(1);
            for (int s = 0; s <= STEPS; s++) {
                assertThat(response.kappa(t, s)).isEqualTo(s < t ? 1 : 0);
            }
        }
    }

    @Test
    void weightDecayFollowsItsClosedForm() {
        double lambda = 0.4;
        ImpulseResponse response = ImpulseResponse.of(optimizer(0, lambda));
        assertThat(response.isPlain()).isFalse();
        for (int t = 0; t < STEPS; t++) {
            assertThat(response.decay(t)).isCloseTo(Math.pow(1 - ETA * lambda, t), within(1e-14));
            for (int s = 0; s < t; s++) {
                assertThat(response.kappa(t, s)).isCloseTo(Math.pow(1 - ETA * lambda, t - 1 - s), within(1e-14));
            }
        }
    }

    @Test
    void heavyBallFollowsItsClosedForm() {
        double m = 0.9;
        ImpulseResponse response = ImpulseResponse.of(optimizer(m, 0));
        assertThat(response.isPlain()).isFalse();
        for (int t = 0; t < STEPS; t++) {
            assertThat(response.decay(t)).isEqualTo(1);
            for (int s = 0; s < t; s++) {
                assertThat(response.kappa(t, s)).isCloseTo((1 - Math.pow(m, t - s)) / (1 - m), within(1e-13));
            }
        }
    }

    @Test
    void superposedImpulsesReproduceTheRecursionWithMomentumAndDecay() {
        double[] constant = new double[STEPS];
        java.util.Arrays.fill(constant, 1);
        assertReproducesRecursion(ImpulseResponse.of(optimizer(0.8, 0.5)), optimizer(0.8, 0.5), constant);
    }

    @Test
    void superposedImpulsesReproduceTheRecursionUnderASchedule() {
        double[] rho = new double[STEPS];
        for (int t = 0; t < STEPS; t++) {
            rho[t] = t < 3 ? (t + 1) / 3.0 : 3.0 / (t + 1);
        }
        Training training = optimizer(0.8, 0.5);
        assertReproducesRecursion(ImpulseResponse.of(training.withSchedule(rho)), training, rho);
    }

    private static void assertReproducesRecursion(ImpulseResponse response, Training training, double[] rho) {
        Random random = new Random(3);
        double initial = random.nextGaussian();
        double[] gradient = random.doubles(STEPS, -1, 1).toArray();
        double weight = initial;
        double velocity = 0;
        for (int t = 0; t <= STEPS; t++) {
            double superposed = response.decay(t) * initial;
            for (int s = 0; s < t; s++) {
                superposed += ETA * response.kappa(t, s) * gradient[s];
            }
            assertThat(superposed).as("weight at time %d", t).isCloseTo(weight, within(1e-13));
            if (t < STEPS) {
                velocity = training.momentum() * velocity + gradient[t] - training.weightDecay() * weight;
                weight += ETA * rho[t] * velocity;
            }
        }
    }

    @Test
    void scheduleOfOnesIsTheConstantRate() {
        double[] ones = new double[STEPS];
        java.util.Arrays.fill(ones, 1);
        assertThat(ImpulseResponse.of(optimizer(0, 0).withSchedule(ones)).isPlain())
                .isTrue();
    }

    @Test
    void scheduleOfTheWrongLengthIsRefused() {
        Training training = optimizer(0, 0);
        assertThatThrownBy(() -> ImpulseResponse.of(training.withSchedule(1, 0.5)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("training.schedule")
                .hasMessageContaining("12");
    }
}

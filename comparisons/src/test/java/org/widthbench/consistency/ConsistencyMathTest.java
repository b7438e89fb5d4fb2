package org.widthbench.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Tensor;

class ConsistencyMathTest {
    private final Random random = new Random(5);

    private double[] normals(int n) {
        return random.doubles(n, -1, 1).map(u -> Math.tan(1.3 * u)).toArray();
    }

    private List<double[]> predictions(int networks, int points) {
        List<double[]> all = new ArrayList<>();
        for (int s = 0; s < networks; s++) {
            all.add(normals(points));
        }
        return all;
    }

    @Test
    void lossOfSingleNetworksIsLossOfTheEnsemblePlusVarianceToRounding() {
        double[] y = normals(50);
        List<double[]> f = predictions(7, 50);
        Decomposition parts = Decomposition.of(f, y);
        double single = f.stream()
                .mapToDouble(g -> Decomposition.meanSquare(g, y))
                .average()
                .orElseThrow();
        assertThat(parts.single()).isCloseTo(single, within(1e-14 * single));
        assertThat(parts.ensemble() + parts.variance()).isCloseTo(single, within(1e-14 * single));
    }

    /** The mean over all subsets by brute force, for which the figure uses a closed form. */
    @Test
    void meanLossOfAllEnsemblesOfAGivenSizeFollowsFromTheParts() {
        double[] y = normals(20);
        List<double[]> f = predictions(5, 20);
        Decomposition parts = Decomposition.of(f, y);
        for (int size = 1; size <= 5; size++) {
            double sum = 0;
            int count = 0;
            for (int subset = 1; subset < 32; subset++) {
                if (Integer.bitCount(subset) == size) {
                    List<double[]> members = new ArrayList<>();
                    for (int s = 0; s < 5; s++) {
                        if ((subset >> s & 1) == 1) {
                            members.add(f.get(s));
                        }
                    }
                    sum += Decomposition.meanSquare(SeedStatistics.mean(members), y);
                    count++;
                }
            }
            double closed = parts.infiniteEnsemble() + parts.seedVariance() / size;
            assertThat(closed).isCloseTo(sum / count, within(1e-12 * closed));
        }
    }

    @Test
    void exactPowerIsRecoveredWithoutUncertainty() {
        double[] widths = {32, 64, 128, 256};
        double[] values = Arrays.stream(widths).map(n -> 3 * Math.pow(n, -1.25)).toArray();
        PowerFit fit = PowerFit.of(widths, values).orElseThrow();
        assertThat(fit.exponent()).isCloseTo(1.25, within(1e-12));
        assertThat(fit.factor()).isCloseTo(3, within(1e-11));
        assertThat(fit.high() - fit.low()).isLessThan(1e-6);
    }

    /** 95% of the intervals hold the exponent: of 400, between 92% and 98% (3 standard errors). */
    @Test
    void confidenceIntervalsHoldTheExponentAsOftenAsTheySay() {
        double[] widths = {32, 64, 128, 256, 512};
        Random gaussian = new Random(1);
        int held = 0;
        for (int trial = 0; trial < 400; trial++) {
            double[] values = Arrays.stream(widths)
                    .map(n -> Math.exp(0.2 * gaussian.nextGaussian()) / n)
                    .toArray();
            PowerFit fit = PowerFit.of(widths, values).orElseThrow();
            held += fit.low() < 1 && fit.high() > 1 ? 1 : 0;
        }
        assertThat(held / 400.0).isBetween(0.92, 0.98);
    }

    /** A distance from the widest, here (N^-0.8 - 512^-0.8)^2, is no power of N; its exponent 1.6 is found all the same. */
    @Test
    void distanceFromTheWidestIsFittedAsOne() {
        double[] widths = {32, 64, 128, 256, 512};
        double[] values = Arrays.stream(widths)
                .map(n -> 7 * Math.pow(Math.pow(n, -0.8) - Math.pow(512, -0.8), 2))
                .toArray();
        double[] errors = Arrays.stream(values).map(v -> 0.01 * v).toArray();
        List<double[]> without = List.of(values, values, values);
        PowerFit fit = PowerFit.of(widths, values, errors, without, new PowerFit.From(512, 2))
                .orElseThrow();
        assertThat(fit.exponent()).isCloseTo(1.6, within(1e-6));
        assertThat(fit.at(64)).isCloseTo(values[1], within(1e-6 * values[1]));
        assertThat(fit.widths()).isEqualTo(4);
    }

    /**
     * Outputs with a variance of 5 / N: of 300 studies of 12 seeds, 95% of the intervals hold its exponent, 1, give or take 3.8%, three
     * standard errors.
     */
    @Test
    void jackknifeIntervalsHoldTheExponentAsOftenAsTheySay() {
        double[] widths = {16, 32, 64, 128};
        Random gaussian = new Random(3);
        int held = 0;
        for (int trial = 0; trial < 300; trial++) {
            double[][][] f = new double[widths.length][12][8];
            for (int i = 0; i < widths.length; i++) {
                for (double[] network : f[i]) {
                    double scale = Math.sqrt(5 / widths[i]);
                    Arrays.setAll(network, k -> scale * gaussian.nextGaussian());
                }
            }
            double[] values = variances(f, -1);
            List<double[]> without =
                    IntStream.range(0, 12).mapToObj(s -> variances(f, s)).toList();
            double[] errors = IntStream.range(0, widths.length)
                    .mapToDouble(i -> SeedStatistics.of(
                                    without.stream().mapToDouble(v -> v[i]).toArray())
                            .jackknifeError())
                    .toArray();
            PowerFit fit = PowerFit.of(widths, values, errors, without, PowerFit.From.INFINITY)
                    .orElseThrow();
            held += fit.holds(1) ? 1 : 0;
        }
        assertThat(held / 300.0).isBetween(0.912, 0.988);
    }

    private static double[] variances(double[][][] f, int without) {
        return Arrays.stream(f)
                .mapToDouble(networks -> Decomposition.of(
                                IntStream.range(0, networks.length)
                                        .filter(s -> s != without)
                                        .mapToObj(s -> networks[s])
                                        .toList(),
                                new double[8])
                        .seedVariance())
                .toArray();
    }

    @Test
    void valuesBelowTwoStandardErrorsAreNotFitted() {
        double[] widths = {16, 32, 64};
        double[] values = {4, 2, 1};
        List<double[]> without = List.of(values, values, values);
        assertThat(PowerFit.of(widths, values, new double[] {0.1, 0.1, 0.6}, without, PowerFit.From.INFINITY))
                .isEmpty();
    }

    /** Intervals around 1, which is expected; 0 is no fall at all, 2 the next order. */
    @ParameterizedTest
    @CsvSource({
        "0.34, -9.73, 10.41, UNRESOLVED",
        "0.9,   0.8,   1.1,  YES",
        "0.9,  -0.1,   1.9,  UNRESOLVED",
        "1.2,   0.2,   2.2,  UNRESOLVED",
        "0.5,   0.2,   0.8,  NO",
        "-1,   -9,     0.9,  NO"
    })
    void aPowerAgreesOnlyWhereItsIntervalTellsItFromNoFallAndFromTheNextOrder(
            double exponent, double low, double high, PowerFit.Agreement agreement) {
        PowerFit fit = new PowerFit(exponent, low, high, 1, PowerFit.From.INFINITY, 3);
        assertThat(fit.agreement(1)).isEqualTo(agreement);
    }

    @Test
    void tooFewPositiveValuesGiveNoFit() {
        assertThat(PowerFit.of(new double[] {1, 2, 3}, new double[] {1, -1, 0.5}))
                .isEmpty();
    }

    @Test
    void extrapolationOfAStraightLineInTheInverseWidthIsItsEnd() {
        double[] widths = {50, 100, 400};
        double[] values = Arrays.stream(widths).map(n -> 0.7 - 3 / n).toArray();
        SeedStatistics end = WeightedLine.limit(widths, List.of(values, values));
        assertThat(end.mean()).isCloseTo(0.7, within(1e-12));
        assertThat(end.standardError()).isCloseTo(0, within(1e-7));
    }

    @Test
    void wassersteinDistanceOfAShiftedDistributionIsTheShift() {
        double[] samples = normals(5000);
        double[] shifted = Arrays.stream(samples).map(x -> x + 0.3).toArray();
        assertThat(Observed.wasserstein(Observed.quantiles(samples), Observed.quantiles(shifted)))
                .isCloseTo(0.3, within(1e-12));
    }

    /** |U - 2U| of a uniform U on [0, 1] has mean 1/2. */
    @Test
    void wassersteinDistanceOfAStretchedUniformIsHalfItsLength() {
        double[] grid = new double[1000];
        Arrays.setAll(grid, i -> (i + 0.5) / grid.length);
        double[] stretched = Arrays.stream(grid).map(u -> 2 * u).toArray();
        assertThat(Observed.wasserstein(Observed.quantiles(grid), Observed.quantiles(stretched)))
                .isCloseTo(0.5, within(1e-3));
    }

    @Test
    void spectrumPutsTheKernelAndTheTargetBackTogether() {
        int m = 12;
        Tensor kernel = Tensor.zeros(m, m);
        double[][] x = new double[m][4];
        for (double[] row : x) {
            Arrays.setAll(row, d -> random.nextGaussian());
        }
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                for (int d = 0; d < 4; d++) {
                    kernel.set(kernel.get(i, j) + x[i][d] * x[j][d], i, j);
                }
            }
        }
        // The target is the first coordinate: all its power lies in the four eigenvectors above 0.
        double[] y = Arrays.stream(x).mapToDouble(row -> row[0]).toArray();
        KernelSpectrum spectrum = KernelSpectrum.of(kernel, y);
        double trace = 0;
        for (int i = 0; i < m; i++) {
            trace += kernel.get(i, i) / m;
        }
        assertThat(Arrays.stream(spectrum.eigenvalues()).sum()).isCloseTo(trace, within(1e-10));
        assertThat(Arrays.stream(spectrum.power()).sum())
                .isCloseTo(Arrays.stream(y).map(v -> v * v).sum() / m, within(1e-10));
        assertThat(spectrum.cumulativePower()[3]).isCloseTo(1, within(1e-10));
        assertThat(spectrum.eigenvalues()[4]).isZero();
    }

    /** Least squares in D dimensions on p < D samples leaves (1 - p/D) of the target. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 20, 36})
    void flatSpectrumLosesWhatTheSamplesDoNotSpan(int samples) {
        double[] flat = new double[40];
        Arrays.fill(flat, 1.0 / 40);
        KernelSpectrum spectrum = new KernelSpectrum(flat, flat);
        assertThat(spectrum.regressionError(samples)).isCloseTo(1 - samples / 40.0, within(1e-9));
    }

    /** Kernel regression itself, 400 training sets of 12 Gaussian inputs in 40 dimensions; standard error about 1%. */
    @Test
    void predictedErrorIsThatOfKernelRegression() {
        int dimension = 40;
        int p = 12;
        double[] variance = new double[dimension];
        double[] power = new double[dimension];
        double[] teacher = new double[dimension];
        for (int d = 0; d < dimension; d++) {
            variance[d] = Math.pow(d + 1.0, -1);
            teacher[d] = Math.pow(d + 1.0, -0.25);
            power[d] = variance[d] * teacher[d] * teacher[d];
        }
        double predicted = new KernelSpectrum(variance, power).regressionError(p);
        double measured = 0;
        int sets = 400;
        for (int set = 0; set < sets; set++) {
            double[][] x = new double[p][dimension];
            double[] y = new double[p];
            for (int i = 0; i < p; i++) {
                for (int d = 0; d < dimension; d++) {
                    x[i][d] = Math.sqrt(variance[d]) * random.nextGaussian();
                    y[i] += x[i][d] * teacher[d];
                }
            }
            Array2DRowRealMatrix inputs = new Array2DRowRealMatrix(x);
            double[] weights = inputs.transpose()
                    .operate(new LUDecomposition(inputs.multiply(inputs.transpose()))
                            .getSolver()
                            .solve(new ArrayRealVector(y)))
                    .toArray();
            for (int d = 0; d < dimension; d++) {
                measured += variance[d] * Math.pow(weights[d] - teacher[d], 2) / sets;
            }
        }
        assertThat(measured).isCloseTo(predicted, within(0.05 * predicted));
    }

    @Test
    void spikeIsTheLargestRiseAboveAnEarlierLoss() {
        assertThat(EdgeClaims.spike(new double[] {4, 2, 3, 1, 5, 0.5})).isEqualTo(5);
        assertThat(EdgeClaims.spike(new double[] {4, 2, 1})).isEqualTo(1);
    }
}

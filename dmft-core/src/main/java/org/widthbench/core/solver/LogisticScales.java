package org.widthbench.core.solver;

/**
 * The logistic sigmoid as a mixture of Gaussian ones (Andrews and Mallows 1974):
 * {@code 1/(1 + exp(-x)) = <Phi(x / 2K)>}, Phi the normal distribution function and K of Kolmogorov's distribution, with
 * density
 *
 * <pre>p(K) = 8 K sum_n (-1)^(n-1) n^2 exp(-2 n^2 K^2),   n = 1, 2, ...</pre>
 *
 * The trapezoidal rule in {@code t = log K} of step h is exact up to {@code exp(-2 pi d/h)}, d being the half-width of the strip
 * around the real axis where the integrand is analytic. Here {@code d = pi/4}, where {@code exp(-2 K^2)} reaches the unit circle:
 * whatever smooth function of {@code K^2 > 0} with singularities on the negative axis only the rule averages, its error is
 * the same {@code exp(-39)} times how much the density has grown near that edge, in all measured below 2e-14.
 *
 * @param values K, ascending
 * @param weights their probabilities, which sum to 1
 */
record LogisticScales(double[] values, double[] weights) {
    /** Step of the rule in log K. */
    static final double STEP = 0.125;
    /** Below and above, {@code K p(K)} is less than 1e-16: {@code exp(-pi^2 / 8 K^2)} and {@code exp(-2 K^2)}. */
    private static final double LEAST = 0.16;

    private static final double MOST = 4.6;
    /** Where the two series of the density converge alike. */
    private static final double MIDDLE = 1.2;

    private static final int TERMS = 12;

    /** The rule of the given step. */
    static LogisticScales of(double step) {
        int count = 1 + (int) Math.ceil(Math.log(MOST / LEAST) / step);
        double[] values = new double[count];
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = LEAST * Math.exp(i * step);
            weights[i] = step * values[i] * density(values[i]);
        }
        return new LogisticScales(values, weights);
    }

    /** {@code p(K)}; of small K by the derivative of {@code sqrt(2 pi)/K sum exp(-(2n-1)^2 pi^2 / 8 K^2)}. */
    private static double density(double k) {
        double square = k * k;
        double sum = 0;
        for (int n = TERMS; n >= 1; n--) {
            if (k > MIDDLE) {
                sum += 8 * k * (n % 2 == 1 ? 1 : -1) * n * n * Math.exp(-2 * n * n * square);
            } else {
                double odd = (2 * n - 1) * Math.PI;
                double rate = odd * odd / (8 * square);
                sum += Math.sqrt(2 * Math.PI) * (2 * rate - 1) / square * Math.exp(-rate);
            }
        }
        return sum;
    }
}

package org.widthbench.core.solver;

import java.util.Arrays;

/**
 * Pair averages of a function that is a kink smoothed by Gaussian noise of mixed size,
 * {@code phi(h) = sum_i w_i <kink(h + tau_i x)>}, {@code x ~ N(0,1)}: over centred Gaussian u, v
 *
 * <pre>&lt;phi(u) phi(v)&gt; = sum_ij w_i w_j kappa(V_u + tau_i^2, V_v + tau_j^2, C),   C = &lt;u v&gt;</pre>
 *
 * with the closed form kappa of the kink itself. Every term is smooth in all its arguments and every sum free of
 * cancellation, so that one rule serves steep and shallow functions, near and far points alike ({@link LogisticScales}).
 *
 * <p>{@code kappa} is {@code (A_u A_v)^(d/2) sum_k kappa_k r^k} in the correlation {@code r = C / sqrt(A_u A_v)}, so that the
 * double sum is also
 *
 * <pre>sum_k g_k(V_u) g_k(V_v) rho^k,   g_k(V) = sqrt(kappa_k) sum_i w_i A_i^(d/2) (V/A_i)^(k/2),  A_i = V + tau_i^2</pre>
 *
 * (Mehler's formula), cheaper where few terms do. By Cauchy and Schwarz the terms beyond M are at most
 * {@code |rho|^M sqrt(T(u) T(v))}, {@code T = <phi^2> - sum_{k<M} g_k^2}; pairs for which that is not below {@link #TAIL}
 * of {@code sqrt(<phi(u)^2> <phi(v)^2>)} take the double sum.
 */
final class KinkMixture {
    /** What the series may miss, relative: the rounding of the sums. */
    private static final double TAIL = 1e-14;
    /** Most terms of the series, beyond which the double sum is as fast. */
    private static final int TERMS = 1024;
    /** Terms between two looks at what is missing. */
    private static final int BLOCK = 16;
    /** A term that is none, relative to the size of phi. */
    private static final double VANISHED = 1e-17;
    /** Below this angle its tangent is told from it by a series only. */
    private static final double SMALL_ANGLE = 0.03;

    /** What is smoothed; with {@code root = sqrt(A_u A_v - C^2)}. */
    enum Kink {
        /** {@code sign(h)}. */
        SIGN(0) {
            @Override
            double pair(double covariance, double root) {
                return 2 / Math.PI * Math.atan2(covariance, root);
            }

            @Override
            double coefficient(int m, double central) {
                return 2 / Math.PI * central / (2 * m + 1);
            }
        },
        /** Dirac's delta, half the derivative of the sign. */
        DELTA(-1) {
            @Override
            double pair(double covariance, double root) {
                return 1 / (2 * Math.PI * root);
            }

            @Override
            double coefficient(int m, double central) {
                return central / (2 * Math.PI);
            }
        },
        /** {@code max(h, 0)}. */
        RAMP(1) {
            @Override
            double pair(double covariance, double root) {
                double acute = Math.atan2(root, -covariance);
                if (acute < SMALL_ANGLE) {
                    // |C| (tan(angle) - angle), which the plain form would lose to cancellation.
                    double s = acute * acute;
                    double excess = acute * s * (1 / 3.0 + s * (2 / 15.0 + s * (17 / 315.0 + s * 62 / 2835.0)));
                    return -covariance * excess / (2 * Math.PI);
                }
                return (root + covariance * acute) / (2 * Math.PI);
            }

            /** Even powers; the first is added by {@link KinkMixture#series}. */
            @Override
            double coefficient(int m, double central) {
                // central C(2n,n)/4^n of n = m - 1 from that of m.
                return m == 0 ? 1 / (2 * Math.PI) : central * 2 * m / (2 * m - 1) / (2 * Math.PI * (2 * m - 1) * 2 * m);
            }
        };

        /** d. */
        private final int degree;

        Kink(int degree) {
            this.degree = degree;
        }

        abstract double pair(double covariance, double root);

        /**
         * {@code kappa_k} of the m-th power, k = 2m + 1 of the sign and 2m of the others.
         *
         * @param central {@code (2m choose m) / 4^m}
         */
        abstract double coefficient(int m, double central);
    }

    private final Kink kink;
    /** {@code tau_i^2}. */
    private final double[] squares;

    private final double[] weights;

    /**
     * @param scales tau, at least one; a single 0 leaves the kink sharp
     * @param weights their probabilities
     */
    KinkMixture(Kink kink, double[] scales, double[] weights) {
        this.kink = kink;
        this.squares = Arrays.stream(scales).map(tau -> tau * tau).toArray();
        this.weights = weights;
    }

    /**
     * All pair averages.
     *
     * @param kernel covariance of the fields, {@code (q,q)}, symmetric
     * @return {@code (q,q)}
     */
    double[] average(double[] kernel, int q) {
        Expansion[] expansions = new Expansion[q];
        if (squares.length > 1) {
            Arrays.setAll(expansions, mu -> new Expansion(kernel[mu * q + mu]));
        }
        double[] result = new double[q * q];
        for (int mu = 0; mu < q; mu++) {
            double u = kernel[mu * q + mu];
            for (int al = 0; al < mu; al++) {
                double v = kernel[al * q + al];
                double covariance = kernel[mu * q + al];
                double value = squares.length > 1 ? series(expansions[mu], expansions[al], covariance) : Double.NaN;
                if (Double.isNaN(value)) {
                    value = pair(u, v, covariance);
                }
                result[mu * q + al] = value;
                result[al * q + mu] = value;
            }
            result[mu * q + mu] = squares.length > 1 ? expansions[mu].square : pair(u, u, u);
        }
        return result;
    }

    /** The double sum, whatever the variances {@code V_u, V_v >= 0} and their covariance. */
    double pair(double u, double v, double covariance) {
        double determinant = Math.max(0, determinant(u, v, covariance));
        double sum = 0;
        for (int i = 0; i < squares.length; i++) {
            double inner = 0;
            for (int j = 0; j < squares.length; j++) {
                double root = Math.sqrt(determinant + u * squares[j] + squares[i] * (v + squares[j]));
                inner += weights[j] * kink.pair(covariance, root);
            }
            sum += weights[i] * inner;
        }
        return sum;
    }

    /** {@code u v - c^2} without cancellation (Kahan), as near duplicates need. */
    private static double determinant(double u, double v, double c) {
        double square = c * c;
        return Math.fma(u, v, -square) - Math.fma(c, c, -square);
    }

    /** NaN where too many terms are needed. */
    private double series(Expansion u, Expansion v, double covariance) {
        double scale = u.sigma * v.sigma;
        double rho = scale == 0 ? 0 : Math.max(-1, Math.min(1, covariance / scale));
        double power = kink == Kink.SIGN ? rho : 1;
        double sum = kink == Kink.RAMP ? covariance / 4 : 0;
        double allowed = TAIL * Math.sqrt(u.square * v.square);
        int blocks = Math.min(u.missing.length, v.missing.length);
        for (int block = 0; block < blocks; block++) {
            for (int m = block * BLOCK; m < (block + 1) * BLOCK; m++) {
                sum += u.terms[m] * v.terms[m] * power;
                power *= rho * rho;
            }
            if (Math.abs(power) * u.missing[block] * v.missing[block] <= allowed) {
                return sum;
            }
        }
        return Double.NaN;
    }

    /** The coefficients of one point, as many as matter. */
    private final class Expansion {
        final double sigma;
        /** {@code <phi^2>}. */
        final double square;
        /** {@code g} of the powers that {@link Kink#coefficient} numbers. */
        final double[] terms;
        /** {@code sqrt(T)} after each block. */
        final double[] missing;

        Expansion(double variance) {
            sigma = Math.sqrt(Math.max(0, variance));
            square = pair(variance, variance, variance);
            double[] ratio = new double[squares.length];
            double[] power = new double[squares.length];
            for (int i = 0; i < squares.length; i++) {
                double a = variance + squares[i];
                ratio[i] = variance / a;
                power[i] = weights[i] * Math.pow(a, kink.degree / 2.0) * (kink == Kink.SIGN ? Math.sqrt(ratio[i]) : 1);
            }
            double[] all = new double[TERMS];
            double central = 1;
            double rest = square - (kink == Kink.RAMP ? variance / 4 : 0);
            int count = 0;
            while (count < TERMS
                    && (count % BLOCK > 0 || count == 0 || all[count - 1] > VANISHED * Math.sqrt(square))) {
                double sum = 0;
                for (int i = 0; i < power.length; i++) {
                    sum += power[i];
                    power[i] *= ratio[i];
                }
                all[count] = Math.sqrt(kink.coefficient(count, central)) * sum;
                rest -= all[count] * all[count];
                central *= (2 * count + 1) / (2 * count + 2.0);
                count++;
            }
            terms = Arrays.copyOf(all, count);
            missing = new double[count / BLOCK];
            // Differences lose what is small, so only what lies beyond the last term is one.
            double beyond = count < TERMS ? 0 : Math.max(rest, TAIL * square);
            for (int block = missing.length - 1; block >= 0; block--) {
                missing[block] = Math.sqrt(beyond);
                beyond += Dense.dot(terms, block * BLOCK, terms, block * BLOCK, BLOCK);
            }
        }
    }
}

package org.widthbench.core.random;

import java.util.Objects;

/**
 * Standard normal noise in which entry {@code i} depends on {@code (seed, stream, i)} alone, so that any slice equals
 * the same slice of the whole, whoever computes it.
 *
 * <p><b>The algorithm, to the last bit</b> (every step is one IEEE double operation, rounded to nearest; a port must not
 * contract {@code a * b + c} into a fused multiply-add):
 *
 * <ol>
 *   <li>Entry {@code i} comes from {@linkplain Philox block} {@code i / 2} of the stream, from the 64-bit number
 *       {@code x = w0 + 2^32 w1} if {@code i} is even, {@code x = w2 + 2^32 w3} if odd.
 *   <li>{@code u = ((x >>> 12) + 0.5) * 2^-52}: both operations are exact, {@code 2^-53 <= u <= 1 - 2^-53}, and
 *       {@code u} and {@code 1 - u} are equally likely.
 *   <li>The normal is {@link #inverseCdf}{@code (u)}: algorithm AS 241 PPND16 (Wichura, Applied Statistics 37, 1988, relative
 *       error about 1e-16). With {@code q = u - 0.5}: if {@code |q| <= 0.425}, {@code q N0(r) / D0(r)} with
 *       {@code r = 0.180625 - q q}. Otherwise {@code r = sqrt(-log(q < 0 ? u : 1 - u))} and the value is
 *       {@code N1(r - 1.6) / D1(r - 1.6)} if {@code r <= 5}, else {@code N2(r - 5) / D2(r - 5)}, with the sign of
 *       {@code q}. Polynomials are evaluated by Horner's rule, {@code (q N0) / D0} in that order.
 *   <li>The logarithm is {@link #log}, made of the four operations only.
 * </ol>
 */
// The coefficients keep the digits of the paper.
@SuppressWarnings("FloatingPointLiteralPrecision")
public final class NormalNoise {
    // Philox words are made in chunks that stay in the first-level cache.
    private static final int CHUNK_BLOCKS = 256;
    private static final int NORMALS_PER_BLOCK = 2;

    private static final double TWO_TO_MINUS_52 = 0x1p-52;

    /** Half-width of the central region of AS 241. */
    private static final double CENTRAL = 0.425;

    private static final double CENTRAL_SQUARED = 0.180625;
    /** Tail variable {@code sqrt(-log p)} at which AS 241 changes from its middle to its far polynomial. */
    private static final double FAR = 5.0;

    private static final double MIDDLE_SHIFT = 1.6;

    private static final long MANTISSA_MASK = 0x000FFFFFFFFFFFFFL;
    private static final long ONE_BITS = 0x3FF0000000000000L;
    private static final int EXPONENT_BIAS = 1023;
    private static final double SQRT_2 = 0x1.6a09e667f3bcdp0;
    // ln 2 in two parts: the first has 21 trailing zero bits, so that its product with an exponent is exact.
    private static final double LN2_HIGH = 0x1.62e42fee00000p-1;
    private static final double LN2_LOW = 0x1.a39ef35793c76p-33;

    private NormalNoise() {}

    /**
     * Fills {@code out[offset .. offset + length)} with entries {@code firstIndex, firstIndex + 1, ...} of a stream.
     *
     * @param seed what the whole run is seeded with
     * @param stream what the noise is for; streams are independent of each other
     * @param firstIndex index in the stream of the first entry, {@code >= 0}
     * @throws IndexOutOfBoundsException if the range does not fit the array
     * @throws IllegalArgumentException if {@code firstIndex} is negative
     */
    public static void fill(double[] out, int offset, int length, long seed, long stream, long firstIndex) {
        Objects.checkFromIndexSize(offset, length, out.length);
        if (firstIndex < 0) {
            throw new IllegalArgumentException("firstIndex must be >= 0, not " + firstIndex);
        }
        if (length == 0) {
            return;
        }
        long firstBlock = firstIndex / NORMALS_PER_BLOCK;
        long endBlock = (firstIndex + length - 1) / NORMALS_PER_BLOCK + 1;
        int blocks = (int) Math.min(CHUNK_BLOCKS, endBlock - firstBlock);
        int[] words = new int[Philox.WORDS * blocks];
        double[] uniforms = new double[NORMALS_PER_BLOCK * blocks];
        long index = firstIndex;
        long end = firstIndex + length;
        for (long block = firstBlock; block < endBlock; block += CHUNK_BLOCKS) {
            int count = (int) Math.min(CHUNK_BLOCKS, endBlock - block);
            Philox.blocks(seed, stream, block, words, 0, count);
            int skip = (int) (index - block * NORMALS_PER_BLOCK);
            int entries = (int) Math.min(end - index, NORMALS_PER_BLOCK * count - skip);
            for (int i = 0; i < entries; i++) {
                uniforms[i] = uniform(words[2 * (skip + i)], words[2 * (skip + i) + 1]);
            }
            inverseCdf(uniforms, out, offset + (int) (index - firstIndex), entries);
            index += entries;
        }
    }

    private static double uniform(int low, int high) {
        long x = ((long) high << 32) | (low & 0xFFFFFFFFL);
        return ((x >>> 12) + 0.5) * TWO_TO_MINUS_52;
    }

    /** The central formula for every entry, in a loop without branches that the compiler vectorizes; then the tails. */
    private static void inverseCdf(double[] uniforms, double[] out, int offset, int count) {
        for (int i = 0; i < count; i++) {
            out[offset + i] = central(uniforms[i] - 0.5);
        }
        for (int i = 0; i < count; i++) {
            if (Math.abs(uniforms[i] - 0.5) > CENTRAL) {
                out[offset + i] = tail(uniforms[i]);
            }
        }
    }

    /**
     * The standard normal quantile: {@code P(Z <= inverseCdf(u)) = u}.
     *
     * @param u a probability in the open interval (0, 1)
     * @return NaN if {@code u} is outside the open interval
     */
    public static double inverseCdf(double u) {
        double q = u - 0.5;
        return Math.abs(q) <= CENTRAL ? central(q) : tail(u);
    }

    private static double central(double q) {
        double r = CENTRAL_SQUARED - q * q;
        return q * centralNumerator(r) / centralDenominator(r);
    }

    private static double tail(double u) {
        boolean lower = u < 0.5;
        double probability = lower ? u : 1 - u;
        if (!(probability > 0)) {
            return Double.NaN;
        }
        double r = Math.sqrt(-log(probability));
        double value = r <= FAR
                ? middleNumerator(r - MIDDLE_SHIFT) / middleDenominator(r - MIDDLE_SHIFT)
                : farNumerator(r - FAR) / farDenominator(r - FAR);
        return lower ? -value : value;
    }

    /**
     * Natural logarithm of a positive normal number, accurate to about an ulp and the same on every machine. Write
     * {@code x = 2^k m} with {@code m} in {@code [1, 2)}, move to {@code (m / 2, k + 1)} if {@code m > sqrt 2}; with
     * {@code f = m - 1}, {@code s = f / (2 + f)}, {@code z = s s},
     *
     * <pre>log x = k LN2_HIGH + ((2 s) + ((2 s) (z T(z)) + k LN2_LOW)),   T(z) = 1/3 + z (1/5 + z (1/7 + ... + z / 21)).</pre>
     */
    static double log(double x) {
        long bits = Double.doubleToRawLongBits(x);
        int k = (int) (bits >>> 52) - EXPONENT_BIAS;
        double m = Double.longBitsToDouble((bits & MANTISSA_MASK) | ONE_BITS);
        if (m > SQRT_2) {
            m *= 0.5;
            k++;
        }
        double f = m - 1;
        double s = f / (2 + f);
        double z = s * s;
        // |s| <= 0.172, so the first term left out is below 1e-19 of the sum.
        double series = 1.0 / 21;
        series = series * z + 1.0 / 19;
        series = series * z + 1.0 / 17;
        series = series * z + 1.0 / 15;
        series = series * z + 1.0 / 13;
        series = series * z + 1.0 / 11;
        series = series * z + 1.0 / 9;
        series = series * z + 1.0 / 7;
        series = series * z + 1.0 / 5;
        series = series * z + 1.0 / 3;
        double twice = 2 * s;
        return k * LN2_HIGH + (twice + (twice * (z * series) + k * LN2_LOW));
    }

    // The coefficients of AS 241 PPND16, highest power first.

    private static double centralNumerator(double r) {
        double p = 2.5090809287301226727e3;
        p = p * r + 3.3430575583588128105e4;
        p = p * r + 6.7265770927008700853e4;
        p = p * r + 4.5921953931549871457e4;
        p = p * r + 1.3731693765509461125e4;
        p = p * r + 1.9715909503065514427e3;
        p = p * r + 1.3314166789178437745e2;
        return p * r + 3.3871328727963666080e0;
    }

    private static double centralDenominator(double r) {
        double p = 5.2264952788528545610e3;
        p = p * r + 2.8729085735721942674e4;
        p = p * r + 3.9307895800092710610e4;
        p = p * r + 2.1213794301586595867e4;
        p = p * r + 5.3941960214247511077e3;
        p = p * r + 6.8718700749205790830e2;
        p = p * r + 4.2313330701600911252e1;
        return p * r + 1;
    }

    private static double middleNumerator(double r) {
        double p = 7.74545014278341407640e-4;
        p = p * r + 2.27238449892691845833e-2;
        p = p * r + 2.41780725177450611770e-1;
        p = p * r + 1.27045825245236838258e0;
        p = p * r + 3.64784832476320460504e0;
        p = p * r + 5.76949722146069140550e0;
        p = p * r + 4.63033784615654529590e0;
        return p * r + 1.42343711074968357734e0;
    }

    private static double middleDenominator(double r) {
        double p = 1.05075007164441684324e-9;
        p = p * r + 5.47593808499534494600e-4;
        p = p * r + 1.51986665636164571966e-2;
        p = p * r + 1.48103976427480074590e-1;
        p = p * r + 6.89767334985100004550e-1;
        p = p * r + 1.67638483018380384940e0;
        p = p * r + 2.05319162663775882187e0;
        return p * r + 1;
    }

    private static double farNumerator(double r) {
        double p = 2.01033439929228813265e-7;
        p = p * r + 2.71155556874348757815e-5;
        p = p * r + 1.24266094738807843860e-3;
        p = p * r + 2.65321895265761230930e-2;
        p = p * r + 2.96560571828504891230e-1;
        p = p * r + 1.78482653991729133580e0;
        p = p * r + 5.46378491116411436990e0;
        return p * r + 6.65790464350110377720e0;
    }

    private static double farDenominator(double r) {
        double p = 2.04426310338993978564e-15;
        p = p * r + 1.42151175831644588870e-7;
        p = p * r + 1.84631831751005468180e-5;
        p = p * r + 7.86869131145613259100e-4;
        p = p * r + 1.48753612908506148525e-2;
        p = p * r + 1.36929880922735805310e-1;
        p = p * r + 5.99832206555887937690e-1;
        return p * r + 1;
    }
}

#include "common.cuh"
// Counter-based noise, equal to the last bit to org.widthbench.core.random.NormalNoise, which defines it. Every step is
// one IEEE float64 operation; the _rn intrinsics keep the compiler from fusing a multiplication with an addition.

__device__ inline double mul(double a, double b) { return __dmul_rn(a, b); }
__device__ inline double plus(double a, double b) { return __dadd_rn(a, b); }

// One block of Philox4x32-10 (Salmon et al., SC 2011).
__device__ inline void philox(uint64 seed, uint64 stream, uint64 block, uint32 *words) {
    uint32 c0 = uint32(block), c1 = uint32(block >> 32), c2 = uint32(stream), c3 = uint32(stream >> 32);
    uint32 k0 = uint32(seed), k1 = uint32(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64 product0 = 0xD2511F53ull * c0;
        uint64 product1 = 0xCD9E8D57ull * c2;
        c0 = uint32(product1 >> 32) ^ c1 ^ k0;
        c2 = uint32(product0 >> 32) ^ c3 ^ k1;
        c1 = uint32(product1);
        c3 = uint32(product0);
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
}

// Horner's rule, highest power first, rounded after every operation.
#define HORNER8(r, a, b, c, d, e, f, g, h) \
    hornerStep(hornerStep(hornerStep(hornerStep(hornerStep(hornerStep(hornerStep(a, r, b), r, c), r, d), r, e), r, f), r, g), r, h)
__device__ inline double hornerStep(double p, double r, double next) { return plus(mul(p, r), next); }

// Natural logarithm of a positive normal number from the four operations only, as the Java class defines it.
__device__ inline double portableLog(double x) {
    int64 bits = __double_as_longlong(x);
    int k = int(uint64(bits) >> 52) - 1023;
    double m = __longlong_as_double((bits & 0x000FFFFFFFFFFFFFll) | 0x3FF0000000000000ll);
    if (m > 1.4142135623730951) {
        m = mul(m, 0.5);
        k++;
    }
    double f = plus(m, -1.0);
    double s = __ddiv_rn(f, plus(2.0, f));
    double z = mul(s, s);
    double series = 1.0 / 21;
    series = hornerStep(series, z, 1.0 / 19);
    series = hornerStep(series, z, 1.0 / 17);
    series = hornerStep(series, z, 1.0 / 15);
    series = hornerStep(series, z, 1.0 / 13);
    series = hornerStep(series, z, 1.0 / 11);
    series = hornerStep(series, z, 1.0 / 9);
    series = hornerStep(series, z, 1.0 / 7);
    series = hornerStep(series, z, 1.0 / 5);
    series = hornerStep(series, z, 1.0 / 3);
    double twice = mul(2.0, s);
    double small = plus(mul(twice, mul(z, series)), mul(double(k), 1.90821492927058770002e-10));
    return plus(mul(double(k), 6.93147180369123816490e-01), plus(twice, small));
}

// Quantile of the standard normal, AS 241 PPND16 (Wichura, Applied Statistics 37, 1988).
__device__ inline double inverseCdf(double u) {
    double q = plus(u, -0.5);
    if (fabs(q) <= 0.425) {
        double r = plus(0.180625, -mul(q, q));
        double top = HORNER8(r, 2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
                             4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
                             1.3314166789178437745e2, 3.3871328727963666080e0);
        double bottom = HORNER8(r, 5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
                                2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
                                4.2313330701600911252e1, 1.0);
        return __ddiv_rn(mul(q, top), bottom);
    }
    bool lower = u < 0.5;
    double r = __dsqrt_rn(-portableLog(lower ? u : plus(1.0, -u)));
    double value;
    if (r <= 5.0) {
        r = plus(r, -1.6);
        double top = HORNER8(r, 7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                             1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
                             4.63033784615654529590e0, 1.42343711074968357734e0);
        double bottom = HORNER8(r, 1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
                                1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
                                2.05319162663775882187e0, 1.0);
        value = __ddiv_rn(top, bottom);
    } else {
        r = plus(r, -5.0);
        double top = HORNER8(r, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                             2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
                             5.46378491116411436990e0, 6.65790464350110377720e0);
        double bottom = HORNER8(r, 2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
                                7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
                                5.99832206555887937690e-1, 1.0);
        value = __ddiv_rn(top, bottom);
    }
    return lower ? -value : value;
}

__device__ inline double normalOf(uint32 low, uint32 high) {
    uint64 x = ((uint64)high << 32) | low;
    return inverseCdf(mul(plus(double(x >> 12), 0.5), 0x1p-52));
}

// Entry (i,j) of problem b := normal number firstIndex + i columns + j of (seeds[b], stream). One thread makes the two
// normals of one Philox block.
// Bytes: w n written. Flops: about 40 n float64 and 30 n integer. Bound: float64 arithmetic (memory bandwidth where
// float64 is fast).
struct Normal {
    const int64 *seeds;
    int64 stream, firstIndex;
    Out out;
    int64 batch, rows, columns;
};
extern "C" __global__ void normal(TASKS(Normal)) {
    FOR_EACH_PROBLEM(Normal) {
        FOR_EACH_ENTRY(t.rows, t.columns / 2 + 1) {
            int64 rowStart = t.firstIndex + i * t.columns;
            int64 block = (rowStart >> 1) + j;
            uint32 words[4];
            philox(t.seeds[b], t.stream, block, words);
            int64 even = 2 * block - rowStart;
            if (even >= 0 && even < t.columns) {
                AT(t.out, b, i, even) = real(normalOf(words[0], words[1]));
            }
            if (even + 1 < t.columns) {
                AT(t.out, b, i, even + 1) = real(normalOf(words[2], words[3]));
            }
        }
    }
}

// Adds scale[b][i] (ones(word) - 16) / sqrt(8) to every entry of row i, word number firstIndex + i columns + j of the
// stream; scale (batch, rows) float64, rows of scale 0 are left alone. One thread takes the four words of one Philox block.
// Bytes: 2 w n. Flops: 3 n float64 and 15 n integer. Bound: memory bandwidth.
struct CoarseNoise {
    const double *scale;
    const int64 *seeds;
    int64 stream, firstIndex;
    Out out;
    int64 batch, rows, columns;
};
extern "C" __global__ void addCoarseNoise(TASKS(CoarseNoise)) {
    FOR_EACH_PROBLEM(CoarseNoise) {
        FOR_EACH_ENTRY(t.rows, (t.columns + 2) / 4 + 1) {
            double rowScale = mul(t.scale[b * t.rows + i], 0.35355339059327373);
            if (rowScale != 0) {
                int64 rowStart = t.firstIndex + i * t.columns;
                int64 block = (rowStart >> 2) + j;
                uint32 words[4];
                philox(t.seeds[b], t.stream, block, words);
                for (int k = 0; k < 4; k++) {
                    int64 column = 4 * block + k - rowStart;
                    if (column >= 0 && column < t.columns) {
                        double ones = double(__popc(words[k]) - 16);
                        AT(t.out, b, i, column) = real(plus(double(AT(t.out, b, i, column)), mul(rowScale, ones)));
                    }
                }
            }
        }
    }
}

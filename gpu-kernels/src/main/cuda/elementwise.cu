#include "common.cuh"
// Elementwise kernels on (batch, rows, columns); block (x,y) covers columns and rows. w = sizeof(real), n = all entries.

// Numbers of the activations, as the host sends them.
enum { LINEAR = 0, RELU = 1, TANH = 2, ERF = 3, SOFTPLUS = 4 };

// phi and phi' of one number; the formulas of org.widthbench.core.activation.
__device__ inline void phiAndSlope(int64 kind, real beta, real x, real *phi, real *slope) {
    if (kind == LINEAR) {
        *phi = x;
        *slope = real(1);
    } else if (kind == RELU) {
        // Written so that NaN passes through.
        *phi = x <= real(0) ? real(0) : x;
        *slope = x > real(0) ? real(1) : real(0);
    } else if (kind == TANH) {
        real t = tanh(beta * x);
        *phi = t / beta;
        *slope = real(1) - t * t;
    } else if (kind == ERF) {
        *phi = erf(x);
        *slope = real(1.1283791670955126) * exp(-x * x);
    } else {
        real y = beta * x;
        real e = exp(-fabs(y));
        *phi = real(1.4142135623730951) / beta * ((y > real(0) ? y : real(0)) + log1p(e));
        *slope = real(1.4142135623730951) * (y > real(0) ? real(1) : e) / (real(1) + e);
    }
}

// value = phi(h), derivative = phi'(h); either output may be null.
// Bytes: 3 w n. Flops: about 20 n (tanh). Bound: memory bandwidth in float32; float64 arithmetic on devices with few
// float64 units. The branch on the kind is the same for all threads.
extern "C" __global__ void activate(int64 kind, double beta, IN(h), OUT(value), OUT(derivative), int64 batch,
                                    int64 rows, int64 columns) {
    FOR_EACH_ENTRY(batch, rows, columns) {
        real phi, slope;
        phiAndSlope(kind, real(beta), AT(h, b, i, j), &phi, &slope);
        if (value) {
            AT(value, b, i, j) = phi;
        }
        if (derivative) {
            AT(derivative, b, i, j) = slope;
        }
    }
}

// y = alpha x + beta y; beta = 0 overwrites.
// Bytes: 3 w n (2 w n if beta = 0). Flops: 3 n. Bound: memory bandwidth.
extern "C" __global__ void add(double alpha, IN(x), double beta, OUT(y), int64 batch, int64 rows, int64 columns) {
    FOR_EACH_ENTRY(batch, rows, columns) {
        real sum = real(alpha) * AT(x, b, i, j);
        if (beta != 0) {
            sum += real(beta) * AT(y, b, i, j);
        }
        AT(y, b, i, j) = sum;
    }
}

// out = alpha x y + beta out; beta = 0 overwrites.
// Bytes: 4 w n (3 w n if beta = 0). Flops: 4 n. Bound: memory bandwidth.
extern "C" __global__ void multiply(double alpha, IN(x), IN(y), double beta, OUT(out), int64 batch, int64 rows,
                                    int64 columns) {
    FOR_EACH_ENTRY(batch, rows, columns) {
        real product = real(alpha) * AT(x, b, i, j) * AT(y, b, i, j);
        if (beta != 0) {
            product += real(beta) * AT(out, b, i, j);
        }
        AT(out, b, i, j) = product;
    }
}

// target[i] = scale[i] source[i]; scale (batch, rows) float64.
// Bytes: 2 w n. Flops: n. Bound: memory bandwidth.
extern "C" __global__ void scaleRows(const double *scale, IN(source), OUT(target), int64 batch, int64 rows,
                                     int64 columns) {
    FOR_EACH_ENTRY(batch, rows, columns) {
        AT(target, b, i, j) = real(scale[b * rows + i]) * AT(source, b, i, j);
    }
}

// target[i] = source[index[i]], or source[i] if index is null: copies between blocks of any strides.
// Bytes: 2 w n. Flops: 0. Bound: memory bandwidth.
extern "C" __global__ void copyRows(const int64 *index, IN(source), OUT(target), int64 batch, int64 rows,
                                    int64 columns) {
    FOR_EACH_ENTRY(batch, rows, columns) {
        AT(target, b, i, j) = AT(source, b, index ? index[i] : i, j);
    }
}

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
struct Activate {
    int64 kind;
    double beta;
    In h;
    Out value, derivative;
    int64 batch, rows, columns;
};
extern "C" __global__ void activate(TASKS(Activate)) {
    FOR_EACH_PROBLEM(Activate) {
        FOR_EACH_ENTRY(t.rows, t.columns) {
            real phi, slope;
            phiAndSlope(t.kind, real(t.beta), AT(t.h, b, i, j), &phi, &slope);
            if (t.value.p) {
                AT(t.value, b, i, j) = phi;
            }
            if (t.derivative.p) {
                AT(t.derivative, b, i, j) = slope;
            }
        }
    }
}

// y = alpha x + beta y; beta = 0 overwrites.
// Bytes: 3 w n (2 w n if beta = 0). Flops: 3 n. Bound: memory bandwidth.
struct Add {
    double alpha;
    In x;
    double beta;
    Out y;
    int64 batch, rows, columns;
};
extern "C" __global__ void add(TASKS(Add)) {
    FOR_EACH_PROBLEM(Add) {
        FOR_EACH_ENTRY(t.rows, t.columns) {
            real sum = real(t.alpha) * AT(t.x, b, i, j);
            if (t.beta != 0) {
                sum += real(t.beta) * AT(t.y, b, i, j);
            }
            AT(t.y, b, i, j) = sum;
        }
    }
}

// out = alpha x y + beta out; beta = 0 overwrites.
// Bytes: 4 w n (3 w n if beta = 0). Flops: 4 n. Bound: memory bandwidth.
struct Multiply {
    double alpha;
    In x, y;
    double beta;
    Out out;
    int64 batch, rows, columns;
};
extern "C" __global__ void multiply(TASKS(Multiply)) {
    FOR_EACH_PROBLEM(Multiply) {
        FOR_EACH_ENTRY(t.rows, t.columns) {
            real product = real(t.alpha) * AT(t.x, b, i, j) * AT(t.y, b, i, j);
            if (t.beta != 0) {
                product += real(t.beta) * AT(t.out, b, i, j);
            }
            AT(t.out, b, i, j) = product;
        }
    }
}

// target += alpha x / (sqrt(y) + shift).
// Bytes: 4 w n. Flops: 6 n. Bound: memory bandwidth.
struct AddQuotient {
    double alpha;
    In x;
    double shift;
    In y;
    Out target;
    int64 batch, rows, columns;
};
extern "C" __global__ void addQuotient(TASKS(AddQuotient)) {
    FOR_EACH_PROBLEM(AddQuotient) {
        FOR_EACH_ENTRY(t.rows, t.columns) {
            AT(t.target, b, i, j) += real(t.alpha) * AT(t.x, b, i, j) / (sqrt(AT(t.y, b, i, j)) + real(t.shift));
        }
    }
}

// target[i] = scale[i] source[i]; scale (batch, rows) float64.
// Bytes: 2 w n. Flops: n. Bound: memory bandwidth.
struct ScaleRows {
    const double *scale;
    In source;
    Out target;
    int64 batch, rows, columns;
};
extern "C" __global__ void scaleRows(TASKS(ScaleRows)) {
    FOR_EACH_PROBLEM(ScaleRows) {
        FOR_EACH_ENTRY(t.rows, t.columns) {
            AT(t.target, b, i, j) = real(t.scale[b * t.rows + i]) * AT(t.source, b, i, j);
        }
    }
}

// target[i] = source[index[i]], or source[i] if index is null: copies between blocks of any strides.
// Bytes: 2 w n. Flops: 0. Bound: memory bandwidth.
struct CopyRows {
    const int64 *index;
    In source;
    Out target;
    int64 batch, rows, columns;
};
extern "C" __global__ void copyRows(TASKS(CopyRows)) {
    FOR_EACH_PROBLEM(CopyRows) {
        FOR_EACH_ENTRY(t.rows, t.columns) {
            AT(t.target, b, i, j) = AT(t.source, b, t.index ? t.index[i] : i, j);
        }
    }
}

// target = 0: new matrices of several solves at once.
// Bytes: w n. Flops: 0. Bound: memory bandwidth.
struct Zero {
    Out target;
    int64 batch, rows, columns;
};
extern "C" __global__ void zero(TASKS(Zero)) {
    FOR_EACH_PROBLEM(Zero) {
        FOR_EACH_ENTRY(t.rows, t.columns) {
            AT(t.target, b, i, j) = real(0);
        }
    }
}

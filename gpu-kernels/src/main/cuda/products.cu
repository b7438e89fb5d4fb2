#include "common.cuh"
// Dense products for devices where no cuBLAS is installed, and small triangular systems.

#define GEMM_THREADS 256
#define GEMM_DEPTH 16
// Blocks that share a multiprocessor, which leaves 128 registers a thread: left to itself the compiler aims at more and
// spills.
#define GEMM_BLOCKS 2

struct Gemm {
    double alpha;
    In a;
    int64 transposeA;
    In b;
    int64 transposeB;
    double beta;
    Out c;
    int64 batch, m, n, k;
};

// Tiles of ROWS x COLUMNS of c = alpha op(a) op(b) + beta c by GEMM_THREADS threads; a thread owns TM x TN entries that
// lie ROWS/TM and COLUMNS/TN apart, so that neighbouring threads read and write neighbours.
template <int ROWS, int COLUMNS, int TM, int TN>
__device__ inline void gemmTiles(real (*left)[ROWS + 1], real (*right)[COLUMNS + 1], const Gemm &t, int64 b) {
    const int across = COLUMNS / TN, down = ROWS / TM;
    static_assert(across * down == GEMM_THREADS, "the tile must be shared out to all threads");
    int lane = threadIdx.x;
    int tx = lane % across, ty = lane / across;
    for (int64 i0 = (int64)blockIdx.y * ROWS; i0 < t.m; i0 += (int64)gridDim.y * ROWS) {
        for (int64 j0 = (int64)blockIdx.x * COLUMNS; j0 < t.n; j0 += (int64)gridDim.x * COLUMNS) {
            real sums[TM][TN];
#pragma unroll
            for (int r = 0; r < TM; r++) {
#pragma unroll
                for (int s = 0; s < TN; s++) {
                    sums[r][s] = real(0);
                }
            }
            for (int64 k0 = 0; k0 < t.k; k0 += GEMM_DEPTH) {
                // Neighbouring threads read along the rows of what is stored, whichever way it is used.
                for (int e = lane; e < ROWS * GEMM_DEPTH; e += GEMM_THREADS) {
                    int row = t.transposeA ? e % ROWS : e / GEMM_DEPTH;
                    int d = t.transposeA ? e / ROWS : e % GEMM_DEPTH;
                    bool inside = i0 + row < t.m && k0 + d < t.k;
                    left[d][row] = !inside        ? real(0)
                                   : t.transposeA ? AT(t.a, b, k0 + d, i0 + row)
                                                  : AT(t.a, b, i0 + row, k0 + d);
                }
                for (int e = lane; e < COLUMNS * GEMM_DEPTH; e += GEMM_THREADS) {
                    int column = t.transposeB ? e / GEMM_DEPTH : e % COLUMNS;
                    int d = t.transposeB ? e % GEMM_DEPTH : e / COLUMNS;
                    bool inside = j0 + column < t.n && k0 + d < t.k;
                    right[d][column] = !inside        ? real(0)
                                       : t.transposeB ? AT(t.b, b, j0 + column, k0 + d)
                                                      : AT(t.b, b, k0 + d, j0 + column);
                }
                __syncthreads();
                for (int d = 0; d < GEMM_DEPTH; d++) {
                    real x[TM], y[TN];
#pragma unroll
                    for (int r = 0; r < TM; r++) {
                        x[r] = left[d][ty + r * down];
                    }
#pragma unroll
                    for (int s = 0; s < TN; s++) {
                        y[s] = right[d][tx + s * across];
                    }
#pragma unroll
                    for (int r = 0; r < TM; r++) {
#pragma unroll
                        for (int s = 0; s < TN; s++) {
                            sums[r][s] += x[r] * y[s];
                        }
                    }
                }
                __syncthreads();
            }
#pragma unroll
            for (int r = 0; r < TM; r++) {
#pragma unroll
                for (int s = 0; s < TN; s++) {
                    int64 i = i0 + ty + r * down, j = j0 + tx + s * across;
                    if (i < t.m && j < t.n) {
                        real value = real(t.alpha) * sums[r][s];
                        if (t.beta != 0) {
                            value += real(t.beta) * AT(t.c, b, i, j);
                        }
                        AT(t.c, b, i, j) = value;
                    }
                }
            }
        }
    }
}

// c = alpha op(a) op(b) + beta c; c (m,n), inner length k; op transposes if its flag is 1; beta = 0 overwrites.
// Tiles of 64 x 64, grid (n/64, m/64, problems).
// Bytes: w k m n (1/64 + 1/64) + 2 w m n. Flops: 2 m n k. Bound: shared memory, two reads for every four multiply-adds.
extern "C" __global__ void __launch_bounds__(GEMM_THREADS, GEMM_BLOCKS) gemmSquare(TASKS(Gemm)) {
    __shared__ real left[GEMM_DEPTH][64 + 1];
    __shared__ real right[GEMM_DEPTH][64 + 1];
    FOR_EACH_PROBLEM(Gemm) {
        gemmTiles<64, 64, 4, 4>(left, right, t, b);
    }
}

// The same for few rows (a block of points times the samples): tiles of 16 x 128, grid (n/128, m/16, problems).
// Bytes: w k m n (1/16 + 1/128) + 2 w m n. Flops: 2 m n k. Bound: memory bandwidth while m <= 16, as b is read once.
extern "C" __global__ void __launch_bounds__(GEMM_THREADS, GEMM_BLOCKS) gemmFlat(TASKS(Gemm)) {
    __shared__ real left[GEMM_DEPTH][16 + 1];
    __shared__ real right[GEMM_DEPTH][128 + 1];
    FOR_EACH_PROBLEM(Gemm) {
        gemmTiles<16, 128, 2, 4>(left, right, t, b);
    }
}

#define PANEL 16

// b = lower^-1 b for lower-triangular (batch, n, n) in float64 and b (n, columns), small n (the points of a time step): a thread
// owns one column and keeps PANEL rows of it in float64 registers. Grid (columns / blockDim.x, 1, problems).
// Bytes: w columns (2 n + n^2 / 32), the second part from the first-level cache for n <= 32. Flops: n^2 columns float64.
// Bound: latency of the substitution for small n; float64 arithmetic on devices with few float64 units.
struct SolveLower {
    const double *lower;
    Out b;
    int64 batch, n, columns;
};
extern "C" __global__ void solveLower(TASKS(SolveLower)) {
    __shared__ double tile[PANEL][PANEL + 1];
    int64 perLaunch = (int64)gridDim.x * blockDim.x;
    FOR_EACH_PROBLEM(SolveLower) {
        for (int64 j0 = (int64)blockIdx.x * blockDim.x; j0 < t.columns; j0 += perLaunch) {
            int64 j = j0 + threadIdx.x;
            bool active = j < t.columns;
            for (int64 p = 0; p < t.n; p += PANEL) {
                double x[PANEL];
#pragma unroll
                for (int r = 0; r < PANEL; r++) {
                    x[r] = active && p + r < t.n ? double(AT(t.b, b, p + r, j)) : 0.0;
                }
                for (int64 q = 0; q <= p; q += PANEL) {
                    for (int e = threadIdx.x; e < PANEL * PANEL; e += blockDim.x) {
                        int64 row = p + e / PANEL, column = q + e % PANEL;
                        // Rows beyond the matrix are those of the identity.
                        tile[e / PANEL][e % PANEL] = row < t.n && column <= row ? t.lower[(b * t.n + row) * t.n + column]
                                                     : row == column            ? 1.0
                                                                                : 0.0;
                    }
                    __syncthreads();
                    if (q < p) {
                        for (int s = 0; s < PANEL; s++) {
                            double known = active ? double(AT(t.b, b, q + s, j)) : 0.0;
#pragma unroll
                            for (int r = 0; r < PANEL; r++) {
                                x[r] -= tile[r][s] * known;
                            }
                        }
                    } else {
#pragma unroll
                        for (int r = 0; r < PANEL; r++) {
#pragma unroll
                            for (int s = 0; s < r; s++) {
                                x[r] -= tile[r][s] * x[s];
                            }
                            x[r] /= tile[r][r];
                        }
                    }
                    __syncthreads();
                }
#pragma unroll
                for (int r = 0; r < PANEL; r++) {
                    if (active && p + r < t.n) {
                        AT(t.b, b, p + r, j) = real(x[r]);
                    }
                }
            }
        }
    }
}

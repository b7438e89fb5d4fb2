#include "common.cuh"
// Dense products for devices where no cuBLAS is installed, and small triangular systems.

#define GEMM_THREADS 256
#define GEMM_DEPTH 16
// Blocks that share a multiprocessor, which leaves 128 registers a thread: left to itself the compiler aims at more and
// spills.
#define GEMM_BLOCKS 2

// One ROWS x COLUMNS tile of c = alpha op(a) op(b) + beta c by GEMM_THREADS threads; a thread owns TM x TN entries that
// lie ROWS/TM and COLUMNS/TN apart, so that neighbouring threads read and write neighbours.
template <int ROWS, int COLUMNS, int TM, int TN>
__device__ inline void gemmTiles(real (*left)[ROWS + 1], real (*right)[COLUMNS + 1], double alpha, IN(a),
                                 int64 transposeA, IN(b), int64 transposeB, double beta, OUT(c), int64 batch, int64 m,
                                 int64 n, int64 k) {
    const int across = COLUMNS / TN, down = ROWS / TM;
    static_assert(across * down == GEMM_THREADS, "the tile must be shared out to all threads");
    int lane = threadIdx.x;
    int tx = lane % across, ty = lane / across;
    for (int64 z = blockIdx.z; z < batch; z += gridDim.z) {
        for (int64 i0 = (int64)blockIdx.y * ROWS; i0 < m; i0 += (int64)gridDim.y * ROWS) {
            for (int64 j0 = (int64)blockIdx.x * COLUMNS; j0 < n; j0 += (int64)gridDim.x * COLUMNS) {
                real sums[TM][TN];
#pragma unroll
                for (int r = 0; r < TM; r++) {
#pragma unroll
                    for (int s = 0; s < TN; s++) {
                        sums[r][s] = real(0);
                    }
                }
                for (int64 k0 = 0; k0 < k; k0 += GEMM_DEPTH) {
                    // Neighbouring threads read along the rows of what is stored, whichever way it is used.
                    for (int e = lane; e < ROWS * GEMM_DEPTH; e += GEMM_THREADS) {
                        int row = transposeA ? e % ROWS : e / GEMM_DEPTH;
                        int d = transposeA ? e / ROWS : e % GEMM_DEPTH;
                        bool inside = i0 + row < m && k0 + d < k;
                        left[d][row] = !inside      ? real(0)
                                       : transposeA ? AT(a, z, k0 + d, i0 + row)
                                                    : AT(a, z, i0 + row, k0 + d);
                    }
                    for (int e = lane; e < COLUMNS * GEMM_DEPTH; e += GEMM_THREADS) {
                        int column = transposeB ? e / GEMM_DEPTH : e % COLUMNS;
                        int d = transposeB ? e % GEMM_DEPTH : e / COLUMNS;
                        bool inside = j0 + column < n && k0 + d < k;
                        right[d][column] = !inside      ? real(0)
                                           : transposeB ? AT(b, z, j0 + column, k0 + d)
                                                        : AT(b, z, k0 + d, j0 + column);
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
                        if (i < m && j < n) {
                            real value = real(alpha) * sums[r][s];
                            if (beta != 0) {
                                value += real(beta) * AT(c, z, i, j);
                            }
                            AT(c, z, i, j) = value;
                        }
                    }
                }
            }
        }
    }
}

// c = alpha op(a) op(b) + beta c; c (m,n), inner length k; op transposes if its flag is 1; beta = 0 overwrites.
// Tiles of 64 x 64, grid (n/64, m/64, batch).
// Bytes: w k m n (1/64 + 1/64) + 2 w m n. Flops: 2 m n k. Bound: shared memory, two reads for every four multiply-adds.
extern "C" __global__ void __launch_bounds__(GEMM_THREADS, GEMM_BLOCKS)
    gemmSquare(double alpha, IN(a), int64 transposeA, IN(b), int64 transposeB, double beta, OUT(c), int64 batch,
               int64 m, int64 n, int64 k) {
    __shared__ real left[GEMM_DEPTH][64 + 1];
    __shared__ real right[GEMM_DEPTH][64 + 1];
    gemmTiles<64, 64, 4, 4>(left, right, alpha, a, a_ld, a_step, transposeA, b, b_ld, b_step, transposeB, beta, c,
                            c_ld, c_step, batch, m, n, k);
}

// The same for few rows (a block of points times the samples): tiles of 16 x 128, grid (n/128, m/16, batch).
// Bytes: w k m n (1/16 + 1/128) + 2 w m n. Flops: 2 m n k. Bound: memory bandwidth while m <= 16, as b is read once.
extern "C" __global__ void __launch_bounds__(GEMM_THREADS, GEMM_BLOCKS)
    gemmFlat(double alpha, IN(a), int64 transposeA, IN(b), int64 transposeB, double beta, OUT(c), int64 batch, int64 m,
             int64 n, int64 k) {
    __shared__ real left[GEMM_DEPTH][16 + 1];
    __shared__ real right[GEMM_DEPTH][128 + 1];
    gemmTiles<16, 128, 2, 4>(left, right, alpha, a, a_ld, a_step, transposeA, b, b_ld, b_step, transposeB, beta, c,
                             c_ld, c_step, batch, m, n, k);
}

#define PANEL 16

// b = lower^-1 b for a lower-triangular (n,n) matrix and b (n, columns), small n (the points of a time step): a thread
// owns one column and keeps PANEL rows of it in float64 registers. Grid (columns / blockDim.x, batch).
// Bytes: w columns (2 n + n^2 / 32), the second part from the first-level cache for n <= 32. Flops: n^2 columns float64.
// Bound: latency of the substitution for small n; float64 arithmetic on devices with few float64 units.
extern "C" __global__ void solveLower(IN(lower), OUT(b), int64 batch, int64 n, int64 columns) {
    __shared__ double tile[PANEL][PANEL + 1];
    int64 perLaunch = (int64)gridDim.x * blockDim.x;
    for (int64 z = blockIdx.y; z < batch; z += gridDim.y) {
        for (int64 j0 = (int64)blockIdx.x * blockDim.x; j0 < columns; j0 += perLaunch) {
            int64 j = j0 + threadIdx.x;
            bool active = j < columns;
            for (int64 p = 0; p < n; p += PANEL) {
                double x[PANEL];
#pragma unroll
                for (int r = 0; r < PANEL; r++) {
                    x[r] = active && p + r < n ? double(AT(b, z, p + r, j)) : 0.0;
                }
                for (int64 q = 0; q <= p; q += PANEL) {
                    for (int e = threadIdx.x; e < PANEL * PANEL; e += blockDim.x) {
                        int64 row = p + e / PANEL, column = q + e % PANEL;
                        // Rows beyond the matrix are those of the identity.
                        tile[e / PANEL][e % PANEL] = row < n && column <= row ? double(AT(lower, z, row, column))
                                                     : row == column          ? 1.0
                                                                              : 0.0;
                    }
                    __syncthreads();
                    if (q < p) {
                        for (int s = 0; s < PANEL; s++) {
                            double known = active ? double(AT(b, z, q + s, j)) : 0.0;
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
                    if (active && p + r < n) {
                        AT(b, z, p + r, j) = real(x[r]);
                    }
                }
            }
        }
    }
}

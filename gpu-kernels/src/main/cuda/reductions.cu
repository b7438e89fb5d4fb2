#include "common.cuh"
// Sums over samples, accumulated in float64 whatever the fields are kept in, in an order that depends on the shape alone.

#define ROW_DOT_THREADS 256

// out[b][i] = sum_j x[b][i][j] y[b][i][j]; one block of ROW_DOT_THREADS threads per row.
// Bytes: 2 w n. Flops: 2 n float64. Bound: memory bandwidth.
extern "C" __global__ void rowDot(IN(x), IN(y), double *out, int64 batch, int64 rows, int64 columns) {
    __shared__ double sums[ROW_DOT_THREADS];
    int lane = threadIdx.x;
    for (int64 b = blockIdx.y; b < batch; b += gridDim.y) {
        for (int64 i = blockIdx.x; i < rows; i += gridDim.x) {
            double sum = 0;
            for (int64 j = lane; j < columns; j += ROW_DOT_THREADS) {
                sum += double(AT(x, b, i, j)) * double(AT(y, b, i, j));
            }
            sums[lane] = sum;
            __syncthreads();
            for (int half = ROW_DOT_THREADS / 2; half > 0; half /= 2) {
                if (lane < half) {
                    sums[lane] += sums[lane + half];
                }
                __syncthreads();
            }
            if (lane == 0) {
                out[b * rows + i] = sums[0];
            }
            __syncthreads();
        }
    }
}

#define TILE 16
#define DEPTH 32

// Slice s of the kernel block a b^T: partial[b][s][i][j] = sum over k in slice s of a[b][i][k] c[b][j][k], with a (m,k),
// c (n,k), partial (batch, slices, m, n) float64. Blocks of 16 x 16 threads, one output each; grid (n/16, m/16, batch
// slices). With lower = 1 (then m = n) only tiles on and below the diagonal are computed.
// Bytes: w k (m n/16 + n m/16), all reuse beyond a tile from the second-level cache, + 8 m n slices. Flops: 2 m n k
// float64. Bound: memory bandwidth for the m = 10 rows of a kernel row; shared memory (two reads a multiply-add) for
// large m; float64 arithmetic on devices with few float64 units.
extern "C" __global__ void innerSlices(IN(a), IN(c), double *partial, int64 slices, int64 lower, int64 batch, int64 m,
                                       int64 n, int64 k) {
    __shared__ real left[TILE][DEPTH + 1];
    __shared__ real right[TILE][DEPTH + 1];
    int tx = threadIdx.x, ty = threadIdx.y;
    int lane = ty * TILE + tx;
    int64 sliceLength = ((k + slices - 1) / slices + DEPTH - 1) / DEPTH * DEPTH;
    for (int64 z = blockIdx.z; z < batch * slices; z += gridDim.z) {
        int64 b = z / slices;
        int64 from = z % slices * sliceLength;
        int64 to = from + sliceLength < k ? from + sliceLength : k;
        for (int64 i0 = (int64)blockIdx.y * TILE; i0 < m; i0 += (int64)gridDim.y * TILE) {
            for (int64 j0 = (int64)blockIdx.x * TILE; j0 < n; j0 += (int64)gridDim.x * TILE) {
                if (lower && j0 > i0) {
                    continue;
                }
                double sum = 0;
                for (int64 k0 = from; k0 < to; k0 += DEPTH) {
                    for (int e = lane; e < TILE * DEPTH; e += TILE * TILE) {
                        int row = e / DEPTH, column = e % DEPTH;
                        bool inside = k0 + column < to;
                        left[row][column] = inside && i0 + row < m ? AT(a, b, i0 + row, k0 + column) : real(0);
                        right[row][column] = inside && j0 + row < n ? AT(c, b, j0 + row, k0 + column) : real(0);
                    }
                    __syncthreads();
                    for (int d = 0; d < DEPTH; d++) {
                        sum += double(left[ty][d]) * double(right[tx][d]);
                    }
                    __syncthreads();
                }
                if (i0 + ty < m && j0 + tx < n) {
                    partial[(z * m + i0 + ty) * n + j0 + tx] = sum;
                }
            }
        }
    }
}

// Adds the slices up: alpha sum_s partial[b][s][i][j] into a float64 array (batch, m, n), or into a matrix, or both; null
// skips. With lower = 1 the upper triangle mirrors the lower one.
// Bytes: 8 m n slices + 8 m n. Flops: slices m n float64. Bound: memory bandwidth.
extern "C" __global__ void innerSum(double alpha, const double *partial, int64 slices, int64 lower, double *values,
                                    OUT(c), int64 batch, int64 m, int64 n) {
    FOR_EACH_ENTRY(batch, m, n) {
        int64 row = lower && j > i ? j : i;
        int64 column = lower && j > i ? i : j;
        double sum = 0;
        for (int64 s = 0; s < slices; s++) {
            sum += partial[((b * slices + s) * m + row) * n + column];
        }
        if (values) {
            values[(b * m + i) * n + j] = alpha * sum;
        }
        if (c) {
            AT(c, b, i, j) = real(alpha * sum);
        }
    }
}

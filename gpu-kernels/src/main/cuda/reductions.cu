#include "common.cuh"
// Sums over samples, accumulated in float64 whatever the fields are kept in, in an order that depends on the shape alone.

#define ROW_DOT_THREADS 256

// out[b][i] = sum_j x[b][i][j] y[b][i][j]; one block of ROW_DOT_THREADS threads per row. Grid (rows, 1, problems).
// Bytes: 2 w n. Flops: 2 n float64. Bound: memory bandwidth.
struct RowDot {
    In x, y;
    double *out;
    int64 batch, rows, columns;
};
extern "C" __global__ void rowDot(TASKS(RowDot)) {
    __shared__ double sums[ROW_DOT_THREADS];
    int lane = threadIdx.x;
    FOR_EACH_PROBLEM(RowDot) {
        for (int64 i = blockIdx.x; i < t.rows; i += gridDim.x) {
            double sum = 0;
            for (int64 j = lane; j < t.columns; j += ROW_DOT_THREADS) {
                sum += double(AT(t.x, b, i, j)) * double(AT(t.y, b, i, j));
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
                t.out[b * t.rows + i] = sums[0];
            }
            __syncthreads();
        }
    }
}

#define TILE 16
#define DEPTH 32

// Slice s of the kernel block a c^T: partial[b][s][i][j] = sum over k in slice s of a[b][i][k] c[b][j][k], with a (m,k),
// c (n,k), partial (batch, slices, m, n) float64. Blocks of 16 x 16 threads, one output each; grid (n/16, m/16, slices of
// all problems): depth counts slices here. With lower = 1 (then m = n) only tiles on and below the diagonal are computed.
// Bytes: w k (m n/16 + n m/16), all reuse beyond a tile from the second-level cache, + 8 m n slices. Flops: 2 m n k
// float64. Bound: memory bandwidth for the m = 10 rows of a kernel row; shared memory (two reads a multiply-add) for
// large m; float64 arithmetic on devices with few float64 units.
struct InnerSlices {
    In a, c;
    double *partial;
    int64 slices, lower, batch, m, n, k;
};
extern "C" __global__ void innerSlices(TASKS(InnerSlices)) {
    __shared__ real left[TILE][DEPTH + 1];
    __shared__ real right[TILE][DEPTH + 1];
    int tx = threadIdx.x, ty = threadIdx.y;
    int lane = ty * TILE + tx;
    for (uint32 number = blockIdx.z; number < uint32(count * depth); number += gridDim.z) {
        const InnerSlices t = many ? many[number / uint32(depth)] : one;
        int64 z = number % uint32(depth);
        if (z >= t.batch * t.slices) {
            continue;
        }
        int64 b = z / t.slices;
        int64 sliceLength = ((t.k + t.slices - 1) / t.slices + DEPTH - 1) / DEPTH * DEPTH;
        int64 from = z % t.slices * sliceLength;
        int64 to = from + sliceLength < t.k ? from + sliceLength : t.k;
        for (int64 i0 = (int64)blockIdx.y * TILE; i0 < t.m; i0 += (int64)gridDim.y * TILE) {
            for (int64 j0 = (int64)blockIdx.x * TILE; j0 < t.n; j0 += (int64)gridDim.x * TILE) {
                if (t.lower && j0 > i0) {
                    continue;
                }
                double sum = 0;
                for (int64 k0 = from; k0 < to; k0 += DEPTH) {
                    for (int e = lane; e < TILE * DEPTH; e += TILE * TILE) {
                        int row = e / DEPTH, column = e % DEPTH;
                        bool inside = k0 + column < to;
                        left[row][column] = inside && i0 + row < t.m ? AT(t.a, b, i0 + row, k0 + column) : real(0);
                        right[row][column] = inside && j0 + row < t.n ? AT(t.c, b, j0 + row, k0 + column) : real(0);
                    }
                    __syncthreads();
                    for (int d = 0; d < DEPTH; d++) {
                        sum += double(left[ty][d]) * double(right[tx][d]);
                    }
                    __syncthreads();
                }
                if (i0 + ty < t.m && j0 + tx < t.n) {
                    t.partial[(z * t.m + i0 + ty) * t.n + j0 + tx] = sum;
                }
            }
        }
    }
}

// Adds the slices up: values = alpha sum_s partial[b][s][i][j], float64 (batch, m, n). With lower = 1 the upper triangle
// mirrors the lower one.
// Bytes: 8 m n slices + 8 m n. Flops: slices m n float64. Bound: memory bandwidth.
struct InnerSum {
    double alpha;
    const double *partial;
    int64 slices, lower;
    double *values;
    int64 batch, m, n;
};
extern "C" __global__ void innerSum(TASKS(InnerSum)) {
    FOR_EACH_PROBLEM(InnerSum) {
        FOR_EACH_ENTRY(t.m, t.n) {
            int64 row = t.lower && j > i ? j : i;
            int64 column = t.lower && j > i ? i : j;
            double sum = 0;
            for (int64 s = 0; s < t.slices; s++) {
                sum += t.partial[((b * t.slices + s) * t.m + row) * t.n + column];
            }
            t.values[(b * t.m + i) * t.n + j] = t.alpha * sum;
        }
    }
}

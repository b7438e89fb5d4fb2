#pragma once
// Shared by all kernels. A program is compiled for one format of the fields: -DREAL=float or -DREAL=double.
//
// Conventions. Matrices are row-major batches: entry (i,j) of problem b lies at p[b * p_step + i * p_ld + j], so that a
// rectangular block of a larger matrix is just another pointer. All sizes are 64-bit and known at run time only. Every
// parameter takes eight bytes (pointer, int64 or double); the host packs them without knowing types. Any grid size gives
// the same result: kernels stride over their work. No kernel uses atomics, so results are the same in every run, and
// the work of one problem does not depend on how many problems share the launch.

typedef REAL real;
typedef long long int64;
typedef unsigned long long uint64;
typedef unsigned int uint32;

#define IN(p) const real *p, int64 p##_ld, int64 p##_step
#define OUT(p) real *p, int64 p##_ld, int64 p##_step
#define AT(p, b, i, j) p[(b) * p##_step + (i) * p##_ld + (j)]

// Every entry (i,j) of every problem b; neighbouring threads take neighbouring columns, so that accesses coalesce.
#define FOR_EACH_ENTRY(batch, rows, columns)                                                          \
    for (int64 b = blockIdx.z; b < (batch); b += gridDim.z)                                           \
        for (int64 i = (int64)blockIdx.y * blockDim.y + threadIdx.y; i < (rows);                      \
             i += (int64)gridDim.y * blockDim.y)                                                      \
            for (int64 j = (int64)blockIdx.x * blockDim.x + threadIdx.x; j < (columns);               \
                 j += (int64)gridDim.x * blockDim.x)

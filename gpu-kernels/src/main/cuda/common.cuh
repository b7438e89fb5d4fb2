#pragma once
// Shared by all kernels. A program is compiled for one format of the fields: -DREAL=float or -DREAL=double.
//
// Conventions. Matrices are row-major batches: entry (i,j) of problem b lies at p[b * step + i * ld + j], so that a
// rectangular block of a larger matrix is just another pointer. All sizes are 64-bit and known at run time only.
//
// A launch does one task, or count tasks of the same kind that have nothing to do with each other, such as the same step
// of several solves: their shapes and scalars may differ. A task is a struct whose members take eight bytes each
// (pointer, int64 or double); the host packs them without knowing types. One task comes as the last parameter, several
// as a table in device memory. Each is done for every problem of its own batch, at most depth of them.
//
// Any grid size gives the same result: kernels stride over their work. No kernel uses atomics, so results are the same in
// every run, and the work of one problem does not depend on what shares the launch with it.

typedef REAL real;
typedef long long int64;
typedef unsigned long long uint64;
typedef unsigned int uint32;

// A matrix that a task reads, and one that it writes.
struct In {
    const real *p;
    int64 ld, step;
};
struct Out {
    real *p;
    int64 ld, step;
};
#define AT(m, b, i, j) (m).p[(b) * (m).step + (i) * (m).ld + (j)]

#define TASKS(Task) const Task *many, int64 count, int64 depth, Task one

// Every problem b of every task t; the same for all threads of a block, so that barriers are met by all or none.
#define FOR_EACH_PROBLEM(Task)                                                                        \
    for (uint32 z = blockIdx.z; z < uint32(count * depth); z += gridDim.z)                            \
        if (const Task t = many ? many[z / uint32(depth)] : one; z % uint32(depth) < t.batch)         \
            if (const int64 b = z % uint32(depth); true)

// Every entry (i,j); neighbouring threads take neighbouring columns, so that accesses coalesce.
#define FOR_EACH_ENTRY(rows, columns)                                                                 \
    for (int64 i = (int64)blockIdx.y * blockDim.y + threadIdx.y; i < (rows);                          \
         i += (int64)gridDim.y * blockDim.y)                                                          \
        for (int64 j = (int64)blockIdx.x * blockDim.x + threadIdx.x; j < (columns);                   \
             j += (int64)gridDim.x * blockDim.x)

package org.widthbench.cuda;

/**
 * One launch of a kernel: its name, grid and block. Every kernel strides over its work, so a grid that is cut off at the
 * hardware's limits is right all the same.
 */
record Launch(String kernel, int gridX, int gridY, int gridZ, int blockX, int blockY) {
    /** Threads per block of every kernel: enough warps to hide latency, few enough for any register count. */
    static final int THREADS = 256;
    /** Threads that read side by side; blocks are multiples of it. */
    private static final int WARP = 32;
    /** The hardware's limit of the second and third grid dimension. */
    private static final int MAX_GRID = 65535;

    /** Kernels that visit every entry: threads along the columns first. */
    static Launch elementwise(String kernel, int batch, int rows, long columns) {
        int x = (int) Math.min(THREADS, ceilDiv(columns, WARP) * WARP);
        int y = THREADS / x;
        return new Launch(kernel, clamp(ceilDiv(columns, x)), clamp(ceilDiv(rows, y)), clamp(batch), x, y);
    }

    /** Kernels that give a block to every row. */
    static Launch perRow(String kernel, int batch, int rows) {
        return new Launch(kernel, rows, clamp(batch), 1, THREADS, 1);
    }

    /** Kernels that give a thread to every column. */
    static Launch perColumn(String kernel, int batch, int columns, int threads) {
        return new Launch(kernel, clamp(ceilDiv(columns, threads)), clamp(batch), 1, threads, 1);
    }

    /** Kernels that cut a {@code (rows, columns)} result into tiles. */
    static Launch tiles(String kernel, long batch, int rows, int columns, int tileRows, int tileColumns) {
        return new Launch(
                kernel, clamp(ceilDiv(columns, tileColumns)), clamp(ceilDiv(rows, tileRows)), clamp(batch), THREADS, 1);
    }

    /** The same launch with square blocks of threads. */
    Launch squareBlocks() {
        int side = (int) Math.sqrt(THREADS);
        return new Launch(kernel, gridX, gridY, gridZ, side, side);
    }

    /** True if there is nothing to compute; the driver refuses empty grids. */
    boolean isEmpty() {
        return gridX == 0 || gridY == 0 || gridZ == 0;
    }

    private static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }

    private static int clamp(long blocks) {
        return (int) Math.min(MAX_GRID, blocks);
    }

    @Override
    public String toString() {
        return kernel + " (grid " + gridX + " x " + gridY + " x " + gridZ + ", block " + blockX + " x " + blockY + ")";
    }
}

package org.widthbench.cuda;

/**
 * One launch of a kernel: its name, grid and block. Every kernel strides over its work, so a grid that is cut off at the
 * hardware's limits is right all the same.
 */
record Launch(String kernel, int gridX, int gridY, int gridZ, int blockX, int blockY) {
    /** Threads per block of most kernels: enough warps to hide latency, few enough for any register count. */
    static final int THREADS = 256;
    /** Threads per block of {@code solveLower}: columns are few, so blocks are small. */
    private static final int COLUMN_THREADS = 128;
    /** Threads that read side by side; blocks are multiples of it. */
    private static final int WARP = 32;
    /** The hardware's limit of the second and third grid dimension. */
    private static final int MAX_GRID = 65535;

    /** How threads are laid out over {@code depth} pieces of work of {@code rows} times {@code columns}. */
    enum Geometry {
        /** Every entry: threads along the columns first. */
        ELEMENTWISE {
            @Override
            Launch launch(String kernel, long depth, int rows, long columns) {
                int x = (int) Math.min(THREADS, ceilDiv(columns, WARP) * WARP);
                int y = THREADS / x;
                return new Launch(kernel, clamp(ceilDiv(columns, x)), clamp(ceilDiv(rows, y)), clamp(depth), x, y);
            }
        },
        /** A block to every row. */
        ROWS {
            @Override
            Launch launch(String kernel, long depth, int rows, long columns) {
                return new Launch(kernel, rows, 1, clamp(depth), THREADS, 1);
            }
        },
        /** A thread to every column. */
        COLUMNS {
            @Override
            Launch launch(String kernel, long depth, int rows, long columns) {
                return new Launch(kernel, clamp(ceilDiv(columns, COLUMN_THREADS)), 1, clamp(depth), COLUMN_THREADS, 1);
            }
        },
        /** Flat tiles of the result, few rows. */
        FLAT_TILES {
            @Override
            Launch launch(String kernel, long depth, int rows, long columns) {
                return tiles(kernel, depth, rows, columns, 16, 128, THREADS, 1);
            }
        },
        /** Square tiles of the result. */
        SQUARE_TILES {
            @Override
            Launch launch(String kernel, long depth, int rows, long columns) {
                return tiles(kernel, depth, rows, columns, 64, 64, THREADS, 1);
            }
        },
        /** Small tiles, an entry to each thread of a square block. */
        INNER_TILES {
            @Override
            Launch launch(String kernel, long depth, int rows, long columns) {
                return tiles(kernel, depth, rows, columns, INNER_TILE, INNER_TILE, INNER_TILE, INNER_TILE);
            }
        };

        abstract Launch launch(String kernel, long depth, int rows, long columns);
    }

    /** Edge of the tiles of {@code innerSlices}. */
    static final int INNER_TILE = 16;

    private static Launch tiles(
            String kernel, long depth, int rows, long columns, int tileRows, int tileColumns, int x, int y) {
        return new Launch(
                kernel, clamp(ceilDiv(columns, tileColumns)), clamp(ceilDiv(rows, tileRows)), clamp(depth), x, y);
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

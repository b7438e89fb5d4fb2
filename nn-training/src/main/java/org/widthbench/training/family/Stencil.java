package org.widthbench.training.family;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * What a {@code k x k} SAME convolution of stride 1 reads, as rows of a matrix: a field has one row per image and pixel, and one
 * row of zeros behind them for what lies outside the image. {@code docs/theory.md} section 6. With {@code k = 1} a patch is
 * the row itself and nothing is copied.
 */
final class Stencil {
    private final Backend backend;
    private final int rows;
    /** Per tap d (row offset, then column offset): the row of pixel a + d, for every row a. */
    private final int[][] ahead;
    /** Per tap d: the row of pixel a - d. */
    private final int[][] behind;

    Stencil(Backend backend, int images, int height, int width, int kernel) {
        this.backend = backend;
        this.rows = images * height * width;
        int taps = kernel * kernel;
        this.ahead = new int[taps][];
        this.behind = new int[taps][];
        int reach = kernel / 2;
        for (int tap = 0; tap < taps; tap++) {
            int down = tap / kernel - reach;
            int right = tap % kernel - reach;
            ahead[tap] = shifted(images, height, width, down, right);
            behind[tap] = shifted(images, height, width, -down, -right);
        }
    }

    private static int[] shifted(int images, int height, int width, int down, int right) {
        int pixels = height * width;
        int[] source = new int[images * pixels];
        for (int row = 0; row < source.length; row++) {
            int y = row % pixels / width + down;
            int x = row % width + right;
            boolean inside = y >= 0 && y < height && x >= 0 && x < width;
            source[row] = inside ? row / pixels * pixels + y * width + x : images * pixels;
        }
        return source;
    }

    int rows() {
        return rows;
    }

    /** Whether patches are the rows themselves. */
    boolean isTrivial() {
        return ahead.length == 1;
    }

    /**
     * {@code patches[a] = (field[a + d])_d}.
     *
     * @param field {@code (rows + 1, C)}, last row zero
     * @param patches {@code (rows, k k C)}, not used with k = 1
     * @return the patches
     */
    Matrix patches(Matrix field, Matrix patches) {
        if (isTrivial()) {
            return field.rows(0, rows);
        }
        int channels = field.columns();
        for (int tap = 0; tap < ahead.length; tap++) {
            backend.gatherRows(field, ahead[tap], patches.block(0, rows, tap * channels, channels));
        }
        return patches;
    }

    /**
     * The transpose of {@link #patches}: {@code field[a] = sum_d (patches[a - d])_d}.
     *
     * @param patches {@code (rows + 1, k k C)}, last row zero
     * @param field {@code (rows, C)}
     * @param scratch {@code (rows, C)}
     */
    void collect(Matrix patches, Matrix field, Matrix scratch) {
        int channels = field.columns();
        for (int tap = 0; tap < behind.length; tap++) {
            Matrix target = tap == 0 ? field : scratch;
            backend.gatherRows(patches.block(0, patches.rows(), tap * channels, channels), behind[tap], target);
            if (tap > 0) {
                backend.add(1, scratch, 1, field);
            }
        }
    }
}

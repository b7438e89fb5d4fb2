package org.widthbench.core.backend;

/**
 * What a point looks like to a network: pixels that filters run over. A vector is an image of one pixel, seen by filters of one tap.
 *
 * @param height rows of pixels
 * @param width columns of pixels
 * @param kernel side k of the filters, odd
 */
public record Images(int height, int width, int kernel) {
    /** Entries of patches that exist at a time, 32 MiB of float64. */
    private static final int PIECE = 1 << 22;

    /** A vector. */
    public static final Images VECTOR = new Images(1, 1, 1);

    /** Pixels of an image. */
    public int pixels() {
        return height * width;
    }

    /** Whether there is one pixel, seen by one tap. */
    public boolean isVector() {
        return pixels() == 1 && taps() == 1;
    }

    /** Weights per channel of a filter. */
    public int taps() {
        return kernel * kernel;
    }

    /** Rows of whole images, one at least, whose patches make up a piece of work. */
    int rowsPerPiece(int patchLength) {
        return pixels() * Math.max(1, PIECE / (pixels() * patchLength));
    }

    /**
     * The row that lies one tap away from each of so many rows of images, pixels in reading order.
     *
     * @param tap in reading order of a filter
     * @return {@code rows} itself, one past the last, where that is outside the image
     */
    int[] neighbours(int tap, int rows) {
        int down = tap / kernel - kernel / 2;
        int right = tap % kernel - kernel / 2;
        int[] neighbours = new int[rows];
        for (int i = 0; i < rows; i++) {
            int row = i / width % height + down;
            int column = i % width + right;
            boolean inside = row >= 0 && row < height && column >= 0 && column < width;
            neighbours[i] = inside ? i + down * width + right : rows;
        }
        return neighbours;
    }
}

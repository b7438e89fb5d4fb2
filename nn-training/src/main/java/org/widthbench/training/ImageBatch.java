package org.widthbench.training;

/**
 * Geometry of a batch of feature maps; a field of C channels over it is a column-major {@code (C, images * pixels)}
 * matrix, channels fastest, then columns, rows, images (the layout that ND4J calls NHWC).
 *
 * @param images number of images
 * @param height rows of pixels
 * @param width columns of pixels
 */
record ImageBatch(int images, int height, int width) {
    /** Pixels of one image. */
    int pixels() {
        return height * width;
    }

    /** Pixels of all images: columns of a field. */
    int columns() {
        return images * pixels();
    }
}

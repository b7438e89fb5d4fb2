package org.widthbench.training;

import org.bytedeco.javacpp.Pointer;

/**
 * The patches of one image as columns of a matrix: entry {@code (d, j; a)} of the column-major {@code (k k C, pixels)}
 * matrix is channel j at pixel {@code a + d}, zero outside the image.
 */
final class Patches implements AutoCloseable {
    private final ImageBatch batch;
    private final int kernel;
    private final int channels;
    private final int bytes;
    private final NativeMatrix matrix;

    Patches(ImageBatch batch, int kernel, int channels, Precision precision) {
        this.batch = batch;
        this.kernel = kernel;
        this.channels = channels;
        this.bytes = precision.bytes();
        // Entries outside the image are zero for every image and never written again.
        this.matrix = NativeMatrix.zeros(precision, (long) kernel * kernel * channels, batch.pixels());
    }

    /** {@code (k k C, pixels)}, what {@link #take} left. */
    NativeMatrix matrix() {
        return matrix;
    }

    /** Takes the patches of one image of a {@code (C, images * pixels)} field. */
    void take(NativeMatrix field, int image) {
        int height = batch.height();
        int width = batch.width();
        int reach = kernel / 2;
        Pointer from = field.address();
        Pointer to = matrix.address();
        for (int row = 0; row < height; row++) {
            for (int dRow = Math.max(-reach, -row); dRow <= Math.min(reach, height - 1 - row); dRow++) {
                long fromRow = ((long) image * height + row + dRow) * width;
                for (int column = 0; column < width; column++) {
                    int first = Math.max(-reach, -column);
                    int last = Math.min(reach, width - 1 - column);
                    // Neighbours in a row lie side by side in both: one copy for all their channels.
                    long patch = ((long) row * width + column) * kernel + dRow + reach;
                    long target = (patch * kernel + first + reach) * channels;
                    copy(from, (fromRow + column + first) * channels, to, target, (last - first + 1) * channels);
                }
            }
        }
        matrix.fromHost();
    }

    private void copy(Pointer from, long source, Pointer to, long target, int count) {
        Pointer.memcpy(to.position(target * bytes), from.position(source * bytes), (long) count * bytes);
    }

    @Override
    public void close() {
        matrix.close();
    }
}

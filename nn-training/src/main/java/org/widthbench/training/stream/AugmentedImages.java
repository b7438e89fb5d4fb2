package org.widthbench.training.stream;

import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.random.Philox;

/**
 * Images that never come twice the same: each is shifted by up to so many pixels in either direction, with black moving in, and
 * mirrored or not, all by the throw of a seeded die. A stand-in for data sets that are large enough for one pass.
 *
 * @param pool images, {@code (P, height, width, channels)}
 * @param test images as they are
 * @param shift largest shift in pixels, {@code >= 0}
 * @param mirror whether left and right may be exchanged
 * @param seed of the die
 */
public record AugmentedImages(Samples pool, Samples test, int shift, boolean mirror, long seed) {
    private static final long AUGMENTATION = 5;

    /** @throws InvalidInputException if the inputs are no images or the shift is negative */
    public AugmentedImages {
        InvalidInputException.require(pool.inputs().rank() == 4, "source", "vectors", "images to augment");
        InvalidInputException.require(shift >= 0, "shift", shift, "a whole number of pixels >= 0");
    }

    /**
     * Epochs over the pool in the order of {@link BatchSchedule}, every image changed afresh each time.
     *
     * @param flat whether each image is to come as one vector, for an MLP
     */
    public SampleStream stream(int batch, boolean flat) {
        BatchSchedule schedule = new BatchSchedule(pool.count(), batch, seed);
        return new FreshStream(batch, flat ? test.flat() : test, t -> {
            Samples samples = pool.pick(schedule.batch(t));
            for (int b = 0; b < batch; b++) {
                change(samples.inputs(), b, (long) t * batch + b);
            }
            return flat ? samples.flat() : samples;
        });
    }

    private void change(Tensor images, int image, long index) {
        int[] words = new int[Philox.WORDS];
        Philox.blocks(seed, AUGMENTATION, index, words, 0, 1);
        int down = Integer.remainderUnsigned(words[0], 2 * shift + 1) - shift;
        int right = Integer.remainderUnsigned(words[1], 2 * shift + 1) - shift;
        boolean turned = mirror && (words[2] & 1) == 1;
        int height = images.size(1);
        int width = images.size(2);
        int channels = images.size(3);
        int first = image * height * width * channels;
        double[] from = java.util.Arrays.copyOfRange(images.data(), first, first + height * width * channels);
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int sourceRow = row - down;
                int shifted = column - right;
                int sourceColumn = turned ? width - 1 - shifted : shifted;
                boolean inside = sourceRow >= 0 && sourceRow < height && sourceColumn >= 0 && sourceColumn < width;
                for (int c = 0; c < channels; c++) {
                    images.data()[first + (row * width + column) * channels + c] =
                            inside ? from[(sourceRow * width + sourceColumn) * channels + c] : 0;
                }
            }
        }
    }
}

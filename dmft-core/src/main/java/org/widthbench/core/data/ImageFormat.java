package org.widthbench.core.data;

import java.util.List;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;

/**
 * What becomes of an image's bytes: values in [0, 1], made gray, average-pooled, divided by a common scale, laid out for
 * a network.
 *
 * @param grayscale whether colours become {@code 0.2989 R + 0.5870 G + 0.1140 B}
 * @param normalization the common scale
 * @param side height and width after average pooling, a divisor of the images' own; 0 keeps those
 * @param layout for an MLP or for a CNN
 */
public record ImageFormat(boolean grayscale, Normalization normalization, int side, Layout layout) {
    private static final double RED = 0.2989;
    private static final double GREEN = 0.5870;
    private static final double BLUE = 0.1140;
    private static final double WHITE = 255;

    /** By what all values are divided. */
    public enum Normalization {
        /** The root mean square over all values of the selected training points. */
        RMS,
        /** Nothing: values stay in [0, 1]. */
        NONE
    }

    /** Axes of the inputs. */
    public enum Layout {
        /** {@code (D, Q)}, {@code D = height * width * channels}, channels fastest. */
        COLUMNS,
        /** {@code (Q, height, width, channels)}. */
        IMAGES
    }

    /** @throws InvalidInputException naming {@code data.side} if it is negative */
    public ImageFormat {
        InvalidInputException.require(side >= 0, "data.side", side, "a whole number >= 1");
    }

    /** Gray images at full size, divided by their root mean square, as columns: the default of a configuration. */
    public static ImageFormat standard() {
        return new ImageFormat(true, Normalization.RMS, 0, Layout.COLUMNS);
    }

    /** This format, in colour. */
    public ImageFormat inColour() {
        return new ImageFormat(false, normalization, side, layout);
    }

    /** This format, average-pooled to {@code newSide x newSide}. */
    public ImageFormat pooledTo(int newSide) {
        return new ImageFormat(grayscale, normalization, newSide, layout);
    }

    /** This format with other axes. */
    public ImageFormat as(Layout newLayout) {
        return new ImageFormat(grayscale, normalization, side, newLayout);
    }

    /** This format under another scale. */
    public ImageFormat normalizedBy(Normalization newNormalization) {
        return new ImageFormat(grayscale, newNormalization, side, layout);
    }

    /**
     * Turns images into a dataset.
     *
     * @param training images of the first class, then as many of the second
     * @param test likewise; may be empty
     */
    Dataset dataset(List<RawImage> training, List<RawImage> test) {
        RawImage first = training.get(0);
        int outputSide = side == 0 ? first.side() : side;
        InvalidInputException.require(
                outputSide <= first.side() && first.side() % outputSide == 0,
                "data.side",
                side,
                "a divisor of the images' own height and width, " + first.side());
        int channels = grayscale ? 1 : first.channels();
        int perPoint = outputSide * outputSide * channels;
        int points = training.size() + test.size();
        InvalidInputException.require(
                (long) perPoint * points <= Integer.MAX_VALUE,
                "data.points",
                points,
                "at most " + Integer.MAX_VALUE / perPoint + " points, test points included, of " + perPoint
                        + " values");
        double[] rows = new double[points * perPoint];
        for (int q = 0; q < points; q++) {
            RawImage image = q < training.size() ? training.get(q) : test.get(q - training.size());
            pool(image, outputSide, channels, rows, q * perPoint);
        }
        if (normalization == Normalization.RMS) {
            divideByRootMeanSquare(rows, training.size() * perPoint);
        }
        Tensor images = new Tensor(new int[] {points, outputSide, outputSide, channels}, rows);
        return new Dataset(
                layout == Layout.IMAGES ? images : columns(rows, points, perPoint), Labels.halves(training.size()));
    }

    /** Averages square blocks of pixels into {@code out}, index order (row, column, channel). */
    private void pool(RawImage image, int outputSide, int channels, double[] out, int offset) {
        int block = image.side() / outputSide;
        double share = 1.0 / (block * block);
        for (int row = 0; row < image.side(); row++) {
            for (int column = 0; column < image.side(); column++) {
                int pixel = offset + ((row / block) * outputSide + column / block) * channels;
                for (int channel = 0; channel < channels; channel++) {
                    out[pixel + channel] += share * value(image, channel, row, column);
                }
            }
        }
    }

    private double value(RawImage image, int channel, int row, int column) {
        if (grayscale && image.channels() > 1) {
            return (RED * image.at(0, row, column) + GREEN * image.at(1, row, column) + BLUE * image.at(2, row, column))
                    / WHITE;
        }
        return image.at(channel, row, column) / WHITE;
    }

    private static void divideByRootMeanSquare(double[] rows, int trainingEntries) {
        double sum = 0;
        for (int i = 0; i < trainingEntries; i++) {
            sum += rows[i] * rows[i];
        }
        double scale = Math.sqrt(sum / trainingEntries);
        InvalidInputException.require(
                scale > 0, "data.normalize", "rms", "'none', since all selected training images are black");
        for (int i = 0; i < rows.length; i++) {
            rows[i] /= scale;
        }
    }

    private static Tensor columns(double[] rows, int points, int perPoint) {
        double[] columns = new double[rows.length];
        for (int q = 0; q < points; q++) {
            for (int d = 0; d < perPoint; d++) {
                columns[d * points + q] = rows[q * perPoint + d];
            }
        }
        return new Tensor(new int[] {perPoint, points}, columns);
    }
}

package org.widthbench.reproduce;

import java.util.Locale;
import java.util.Optional;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.data.Cifar10Source;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.data.ImageFormat;
import org.widthbench.core.data.MnistSource;
import org.widthbench.core.data.TextureSource;

/** Two classes of images in the size that a figure of CNNs needs. */
final class FigureImages {
    private static final int COLOURS = 3;

    private FigureImages() {}

    /** {@link #of(Optional, int, int, int, ImageFormat.Normalization)} with photographs of unit mean square. */
    static DataSource of(Optional<DataSource> named, int side, int points, int testPoints) {
        return of(named, side, points, testPoints, ImageFormat.Normalization.RMS);
    }

    /**
     * The source that the options name, in the figure's size; textures if they name none.
     *
     * @param side height and width
     * @param points training points
     * @param normalization of photographs
     * @throws InvalidInputException if the options name vectors
     */
    static DataSource of(
            Optional<DataSource> named, int side, int points, int testPoints, ImageFormat.Normalization normalization) {
        DataSource source = named.orElse(new TextureSource(side, COLOURS, points, testPoints, 0));
        ImageFormat format =
                ImageFormat.standard().as(ImageFormat.Layout.IMAGES).normalizedBy(normalization);
        if (source instanceof TextureSource textures) {
            return new TextureSource(side, textures.channels(), points, testPoints, textures.seed());
        }
        if (source instanceof Cifar10Source cifar) {
            return new Cifar10Source(
                    cifar.dir(),
                    cifar.classes(),
                    points,
                    testPoints,
                    format.inColour().pooledTo(side));
        }
        if (source instanceof MnistSource mnist) {
            // 28 pixels pool to 7/8 of what 32 pool to.
            return new MnistSource(mnist.dir(), mnist.classes(), points, testPoints, format.pooledTo(side * 7 / 8));
        }
        InvalidInputException.require(
                !(source instanceof GaussianSource),
                "--data",
                "gaussian",
                "images: textures, cifar10:DIR, mnist:DIR or npz:FILE");
        return source;
    }

    /** What captions call them. */
    static String description(DataSource source, Dataset images) {
        Tensor x = images.inputs();
        String size = String.format(Locale.ROOT, "%d x %d", x.size(1), x.size(2));
        if (source instanceof Cifar10Source cifar) {
            boolean copies = cifar.dir().toString().toLowerCase(Locale.ROOT).contains("jpeg");
            return "CIFAR-10 images of classes " + cifar.classes() + " pooled to " + size
                    + (copies ? ", decoded from JPEG copies and so not bit-equal to the published ones" : "");
        }
        return source instanceof TextureSource
                ? "made-up textures of " + size + " pixels (--data cifar10:DIR for photographs)"
                : "images of " + size + " pixels";
    }
}

package org.widthbench.core.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.StrictGzip;

/**
 * Two digits of MNIST (or of a look-alike) in its idx form, gzipped or not: {@code train-images-idx3-ubyte} and
 * {@code train-labels-idx1-ubyte} for training points, {@code t10k-...} for test points. The selection is that of
 * {@link Cifar10Source}. The files are read to their ends, so that their checksums and counts are checked whatever is selected.
 *
 * @param dir folder of the files
 * @param classes two different digits
 * @param points number P of training points, even
 * @param testPoints number of test points, even, 0 for none
 * @param format what becomes of the images
 */
public record MnistSource(Path dir, List<Integer> classes, int points, int testPoints, ImageFormat format)
        implements DataSource {
    private static final int IMAGES_MAGIC = 0x00000803;
    private static final int LABELS_MAGIC = 0x00000801;
    // Ten times MNIST's 28: a damaged header must not ask for gigabytes.
    private static final int MAX_SIDE = 280;
    private static final int LARGEST_LABEL = 9;
    private static final int BUFFER_BYTES = 1 << 16;

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public MnistSource {
        classes = List.copyOf(classes);
        Labels.requireTwoOfTen(classes);
        Labels.requireEvenPoints(points);
        Labels.requireEvenTestPoints(testPoints);
    }

    @Override
    public Dataset load() {
        InvalidInputException.require(
                Files.isDirectory(dir),
                "data.dir",
                dir,
                "a folder with MNIST's idx files (to fetch them: widthbench data fetch mnist --dir DIR)");
        List<RawImage> training = select("train", points, "data.points");
        List<RawImage> test = testPoints == 0 ? List.of() : select("t10k", testPoints, "data.testPoints");
        if (!test.isEmpty() && test.get(0).side() != training.get(0).side()) {
            throw new InvalidInputException("data.dir: " + dir + " has training images of side "
                    + training.get(0).side() + " and test images of side "
                    + test.get(0).side()
                    + "; expected one size");
        }
        return format.dataset(training, test);
    }

    @Override
    public double[] testTargets() {
        return Labels.halves(testPoints);
    }

    private List<RawImage> select(String prefix, int count, String key) {
        Path imageFile = existing(prefix + "-images-idx3-ubyte");
        Path labelFile = existing(prefix + "-labels-idx1-ubyte");
        TwoClassImages selected = new TwoClassImages(classes, count);
        Path current = imageFile;
        try (DataInputStream images = open(imageFile);
                DataInputStream labels = open(labelFile)) {
            requireMagic(imageFile, images.readInt(), IMAGES_MAGIC);
            int imageCount = images.readInt();
            int side = side(imageFile, images.readInt(), images.readInt());
            current = labelFile;
            requireMagic(labelFile, labels.readInt(), LABELS_MAGIC);
            int labelCount = labels.readInt();
            if (imageCount != labelCount || imageCount < 0) {
                throw new InvalidInputException("data.dir: " + imageFile + " has " + imageCount + " images and "
                        + labelFile + " has " + labelCount + " labels; expected one label per image");
            }
            byte[] image = new byte[side * side];
            // To the last byte, however few images are wanted: what a file says of itself shows at its end.
            for (int i = 0; i < imageCount; i++) {
                current = imageFile;
                images.readFully(image);
                current = labelFile;
                int label = labels.readUnsignedByte();
                if (label > LARGEST_LABEL) {
                    throw new InvalidInputException("data.dir: " + labelFile + " has label " + label + " for image " + i
                            + "; expected 0.." + LARGEST_LABEL + ", so it is damaged; fetch it again");
                }
                if (selected.wants(label)) {
                    selected.add(label, new RawImage(side, 1, image.clone()));
                }
            }
            requireEnd(imageFile, images, imageCount + " images");
            requireEnd(labelFile, labels, labelCount + " labels");
        } catch (EOFException e) {
            throw new InvalidInputException("data.dir: " + current + " is truncated; fetch it again", e);
        } catch (IOException e) {
            throw new InvalidInputException("data.dir: " + current + " cannot be read: " + IoFailure.reason(e), e);
        }
        return selected.inClassOrder(key, dir);
    }

    private Path existing(String name) {
        Path plain = dir.resolve(name);
        Path zipped = dir.resolve(name + ".gz");
        InvalidInputException.require(
                Files.isRegularFile(plain) || Files.isRegularFile(zipped),
                "data.dir",
                dir,
                "a folder that holds " + name + " or " + name + ".gz");
        return Files.isRegularFile(plain) ? plain : zipped;
    }

    private static DataInputStream open(Path file) throws IOException {
        var raw = Files.newInputStream(file);
        try {
            return new DataInputStream(
                    file.toString().endsWith(".gz")
                            ? new BufferedInputStream(StrictGzip.open(raw), BUFFER_BYTES)
                            : new BufferedInputStream(raw, BUFFER_BYTES));
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static void requireEnd(Path file, InputStream in, String counted) throws IOException {
        if (in.read() >= 0) {
            throw new InvalidInputException("data.dir: " + file + " goes on beyond the " + counted
                    + " that it says it has, so it is damaged; fetch it again");
        }
    }

    private static void requireMagic(Path file, int found, int expected) {
        if (found != expected) {
            throw new InvalidInputException(String.format(
                    "data.dir: %s begins with %08x; expected %08x, so it is damaged or not an idx file of MNIST",
                    file, found, expected));
        }
    }

    private static int side(Path file, int height, int width) {
        if (height != width || height < 1 || height > MAX_SIDE) {
            throw new InvalidInputException("data.dir: " + file + " has images of " + height + " x " + width
                    + " pixels; expected square ones of side 1.." + MAX_SIDE);
        }
        return height;
    }
}

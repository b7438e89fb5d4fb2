package org.widthbench.core.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.IoFailure;

/**
 * Two classes of CIFAR-10 in its official binary form: records of one label byte and 1024 red, 1024 green and 1024 blue
 * bytes, any number per file. Training points come from {@code data_batch_*.bin} in the order of the files' names, test
 * points from {@code test_batch.bin}. Points are the first {@code points / 2} images of the first class in file order
 * (label -1), then the first {@code points / 2} of the second (label +1); test points likewise.
 *
 * @param dir folder of the files, or the one that holds {@code cifar-10-batches-bin}
 * @param classes two different classes, 0 (airplane) to 9 (truck)
 * @param points number P of training points, even
 * @param testPoints number of test points, even, 0 for none
 * @param format what becomes of the images
 */
public record Cifar10Source(Path dir, List<Integer> classes, int points, int testPoints, ImageFormat format)
        implements DataSource {
    private static final int SIDE = 32;
    private static final int CHANNELS = 3;
    private static final int IMAGE_BYTES = CHANNELS * SIDE * SIDE;
    private static final int RECORD_BYTES = 1 + IMAGE_BYTES;
    private static final int CLASSES = 10;
    private static final int BUFFER_BYTES = 64 * RECORD_BYTES;
    private static final String TRAINING_FILES = "data_batch_*.bin";
    private static final String TEST_FILE = "test_batch.bin";
    /** The folder inside the official archive. */
    private static final String ARCHIVE_FOLDER = "cifar-10-batches-bin";

    private static final String EXPECTED = "a folder with " + TRAINING_FILES
            + " of CIFAR-10's binary version (to fetch it: widthbench data fetch cifar10 --dir DIR)";

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public Cifar10Source {
        classes = List.copyOf(classes);
        Labels.requireTwoOfTen(classes);
        Labels.requireEvenPoints(points);
        Labels.requireEvenTestPoints(testPoints);
    }

    @Override
    public Dataset load() {
        InvalidInputException.require(Files.isDirectory(dir), "data.dir", dir, EXPECTED);
        Path folder = Files.isDirectory(dir.resolve(ARCHIVE_FOLDER)) ? dir.resolve(ARCHIVE_FOLDER) : dir;
        List<RawImage> training = select(trainingFiles(folder), points, "data.points");
        List<RawImage> test = List.of();
        if (testPoints > 0) {
            Path file = folder.resolve(TEST_FILE);
            InvalidInputException.require(
                    Files.isRegularFile(file),
                    "data.dir",
                    dir,
                    "a folder that holds " + TEST_FILE + " for test points");
            test = select(List.of(file), testPoints, "data.testPoints");
        }
        return format.dataset(training, test);
    }

    @Override
    public double[] testTargets() {
        return Labels.halves(testPoints);
    }

    private List<Path> trainingFiles(Path folder) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> matching = Files.newDirectoryStream(folder, TRAINING_FILES)) {
            matching.forEach(files::add);
        } catch (IOException e) {
            throw new InvalidInputException("data.dir: " + folder + " cannot be read: " + IoFailure.reason(e), e);
        }
        InvalidInputException.require(!files.isEmpty(), "data.dir", dir, EXPECTED);
        files.sort(
                (a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()));
        return files;
    }

    private List<RawImage> select(List<Path> files, int count, String key) {
        TwoClassImages images = new TwoClassImages(classes, count);
        for (Path file : files) {
            requireWholeRecords(file);
        }
        for (Path file : files) {
            scan(file, images);
        }
        return images.inClassOrder(key, dir);
    }

    private static void requireWholeRecords(Path file) {
        try {
            long bytes = Files.size(file);
            if (!Files.isRegularFile(file) || bytes == 0 || bytes % RECORD_BYTES != 0) {
                throw new InvalidInputException("data.dir: " + file + " has " + bytes
                        + " bytes; expected whole records of " + RECORD_BYTES
                        + " bytes, at least one, so it is truncated or damaged");
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static void scan(Path file, TwoClassImages images) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            byte[] record = new byte[RECORD_BYTES];
            // To the last record, however few are wanted: a damaged file is no file to take images from.
            for (int index = 0; ; index++) {
                int read = in.readNBytes(record, 0, RECORD_BYTES);
                if (read == 0) {
                    return;
                }
                int label = record[0] & 0xFF;
                if (read < RECORD_BYTES || label >= CLASSES) {
                    throw new InvalidInputException("data.dir: " + file + " record " + index
                            + (read < RECORD_BYTES
                                    ? " is truncated"
                                    : " has label " + label + "; expected 0..9, so it is damaged or not CIFAR-10"));
                }
                if (images.wants(label)) {
                    images.add(label, new RawImage(SIDE, CHANNELS, Arrays.copyOfRange(record, 1, RECORD_BYTES)));
                }
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static InvalidInputException unreadable(Path file, IOException e) {
        return new InvalidInputException("data.dir: " + file + " cannot be read: " + IoFailure.reason(e), e);
    }
}

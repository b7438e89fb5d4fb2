package org.widthbench.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.data.Cifar10Source;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.MnistSource;
import org.widthbench.training.stream.Samples;

/**
 * Images of two classes, those to train on and others to test on. Where the folder has no test set of its own, the images of either
 * class that follow the training images are held out.
 *
 * @param training first class, then second
 * @param test both classes in turn, so that the first so many hold both
 */
record TwoClasses(Samples training, Samples test) {

    /**
     * Reads them.
     *
     * @param source says how many to train on and to test on
     * @throws org.widthbench.core.InvalidInputException if images cannot be read or are too few
     */
    static TwoClasses of(DataSource source) {
        double[] testTargets = source.testTargets();
        int tests = testTargets.length;
        if (hasTestSet(source)) {
            Dataset images = source.load();
            int points = images.trainingPoints();
            double[] targets = Arrays.copyOf(images.targets(), points + tests);
            System.arraycopy(testTargets, 0, targets, points, tests);
            Samples all = new Samples(images.inputs(), targets);
            return of(all, points, points / 2, tests, points, points + tests / 2);
        }
        Dataset images = loadWithoutTestSet(source, tests);
        int both = images.trainingPoints();
        int points = both - tests;
        Samples all = new Samples(images.inputs(), images.targets());
        return of(all, points, both / 2, tests, points / 2, both / 2 + points / 2);
    }

    /**
     * @param second index of the first training image of the second class
     * @param firstTest index of the first test image of the first class
     * @param secondTest of the second
     */
    private static TwoClasses of(Samples all, int points, int second, int tests, int firstTest, int secondTest) {
        int[] training = IntStream.range(0, points)
                .map(i -> i < points / 2 ? i : second + i - points / 2)
                .toArray();
        int[] test = IntStream.range(0, tests)
                .map(i -> (i % 2 == 0 ? firstTest : secondTest) + i / 2)
                .toArray();
        return new TwoClasses(all.pick(training), all.pick(test));
    }

    private static boolean hasTestSet(DataSource source) {
        if (source instanceof Cifar10Source cifar) {
            return exists(cifar.dir(), "test_batch.bin", "cifar-10-batches-bin/test_batch.bin");
        }
        return !(source instanceof MnistSource mnist)
                || exists(mnist.dir(), "t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz");
    }

    private static boolean exists(Path folder, String... names) {
        return Stream.of(names).anyMatch(name -> Files.exists(folder.resolve(name)));
    }

    private static Dataset loadWithoutTestSet(DataSource source, int tests) {
        try {
            DataSection.Images images = DataSection.Images.of(source);
            return DataSection.Images.keys("")
                    .with(images, Map.of("points", images.points() + tests, "testPoints", 0))
                    .source(source instanceof Cifar10Source, true)
                    .load();
        } catch (InvalidInputException e) {
            throw new InvalidInputException(
                    e.getMessage() + "; among the points asked for are measure.testPoints: " + tests
                            + ", held out for want of test files",
                    e);
        }
    }
}

package org.widthbench.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.data.DataSource;
import org.widthbench.training.stream.AugmentedImages;
import org.widthbench.training.stream.RepeatedStream;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Samples;
import org.widthbench.training.stream.Teacher;

/**
 * Something to learn in a study of consistency across widths.
 *
 * @param name letters, digits and hyphens
 * @param source where samples come from
 * @param points size of the training set that is seen again and again; 0 for ever new samples
 */
public record ConsistencyTask(String name, Source source, int points) {

    private static final String DATA = "data.";

    /** Where samples come from. */
    public sealed interface Source permits FromTeacher, FromImages {}

    /** A synthetic task. */
    public record FromTeacher(Teacher teacher) implements Source {
        /** The keys of the task. */
        static final Keys<Teacher> KEYS = new Keys<>("source teacher", Teacher.class)
                .elsewhere("source")
                .key("dimension", "a whole number >= 1")
                .key("degrees", "a list of degrees such as [1, 3]")
                .key("spectrum", "a number >= 0")
                .key("noise", "a number >= 0")
                .key("seed")
                .elsewhere("points");
    }

    /**
     * Two classes of images.
     *
     * @param data CIFAR-10 or MNIST in the layout of images, as many training points as the pool and test points as are looked
     *     at
     * @param shift largest shift in pixels of a fresh image
     * @param mirror whether fresh images may be mirrored
     * @param seed of the changes
     */
    public record FromImages(DataSource data, int shift, boolean mirror, long seed) implements Source {
        /** The keys of the task beside those of its data. */
        static final Keys<FromImages> KEYS = new Keys<>("", FromImages.class)
                .elsewhere("fresh")
                .key("shift", "a whole number of pixels >= 0")
                .key("mirror")
                .key("seed");
    }

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public ConsistencyTask {
        InvalidInputException.require(
                name.matches("[A-Za-z0-9-]+"), "tasks", "'" + name + "'", "names of letters, digits and hyphens");
        InvalidInputException.require(
                points >= 0, "tasks." + name + ".points", points, "a whole number >= 0, 0 for ever new samples");
    }

    /**
     * The minibatches.
     *
     * @param flat whether inputs are to be vectors, for an MLP
     * @throws InvalidInputException if images cannot be read
     */
    public SampleStream stream(int batch, int testPoints, boolean flat) {
        if (source instanceof FromTeacher from) {
            InvalidInputException.require(
                    flat, "tasks." + name + ".source", "teacher", "cifar10 or mnist for network.architecture: cnn");
            Teacher teacher = from.teacher;
            return points == 0
                    ? teacher.online(batch, testPoints)
                    : RepeatedStream.of(teacher.training(0, points), batch, teacher.test(testPoints));
        }
        FromImages from = (FromImages) source;
        TwoClasses both = read(from.data);
        Samples images = both.training();
        Samples test = both.test();
        int pool = images.count();
        if (points > 0) {
            return RepeatedStream.of(flat ? images.flat() : images, batch, flat ? test.flat() : test);
        }
        InvalidInputException.require(
                batch <= pool, "training.batch", batch, "at most the images of task " + name + ", " + pool);
        return new AugmentedImages(images, test, from.shift, from.mirror, from.seed).stream(batch, flat);
    }

    /** What the data say of their own keys is said of the task's. */
    private TwoClasses read(DataSource data) {
        try {
            return TwoClasses.of(data);
        } catch (InvalidInputException e) {
            throw e.getMessage().startsWith(DATA)
                    ? new InvalidInputException(
                            "tasks." + name + "." + e.getMessage().substring(DATA.length()), e)
                    : e;
        }
    }

    /** The first samples of the stream as a set. */
    public Samples first(int count, int testPoints, boolean flat) {
        if (source instanceof FromTeacher from && flat) {
            return from.teacher.training(0, count);
        }
        return stream(count, testPoints, flat).batch(0);
    }

    /** The keys of the task. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        if (source instanceof FromTeacher from) {
            map.put("source", "teacher");
            map.putAll(FromTeacher.KEYS.write(from.teacher));
            map.put("points", points);
        } else if (source instanceof FromImages from) {
            map.putAll(DataSection.toMap(from.data));
            map.put("fresh", points == 0);
            map.putAll(FromImages.KEYS.write(from));
        }
        return map;
    }
}

package org.widthbench.experiment;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.data.Cifar10Source;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.data.ImageFormat;
import org.widthbench.core.data.MnistSource;
import org.widthbench.core.data.NpzSource;
import org.widthbench.core.data.TeacherSource;
import org.widthbench.core.data.TextureSource;

/** The section {@code data} of a configuration, and the short form of it on the command line. */
public final class DataSection {
    private static final List<String> SOURCES = List.of("gaussian", "teacher", "textures", "cifar10", "mnist", "npz");
    /** Those that the short form on the command line knows by a place. */
    private static final List<String> PLACED = List.of("cifar10", "mnist", "npz");

    private static final List<String> IMAGE_KEYS =
            List.of("source", "dir", "classes", "points", "testPoints", "grayscale", "normalize", "side");
    private static final String COUNT = "an even whole number >= 2";
    private static final String FOLDER = "a folder, relative to the configuration or absolute";

    private static final int STANDARD_DIMENSION = 25;
    private static final int STANDARD_POINTS = 10;
    private static final int STANDARD_SIDE = 8;
    private static final int STANDARD_CHANNELS = 3;
    private static final List<Integer> STANDARD_CLASSES = List.of(0, 1);

    private DataSection() {}

    /** The authors' synthetic data: 10 points of dimension 25. */
    static DataSource standard() {
        return new GaussianSource(STANDARD_DIMENSION, STANDARD_POINTS, 0);
    }

    /**
     * Data named on the command line, 10 points of them.
     *
     * @param word gaussian, textures, cifar10:DIR, mnist:DIR or npz:FILE
     * @throws InvalidInputException for anything else
     */
    public static DataSource parse(String word) {
        int colon = word.indexOf(':');
        String source = colon < 0 ? word : word.substring(0, colon);
        String place = colon < 0 ? "" : word.substring(colon + 1);
        boolean made = source.equals("gaussian") || source.equals("textures");
        boolean valid = made ? colon < 0 : PLACED.contains(source) && !place.isBlank();
        InvalidInputException.require(valid, "--data", word, "gaussian, textures, cifar10:DIR, mnist:DIR or npz:FILE");
        return switch (source) {
            case "cifar10" ->
                new Cifar10Source(Path.of(place), STANDARD_CLASSES, STANDARD_POINTS, 0, ImageFormat.standard());
            case "mnist" ->
                new MnistSource(Path.of(place), STANDARD_CLASSES, STANDARD_POINTS, 0, ImageFormat.standard());
            case "textures" -> new TextureSource(STANDARD_SIDE, STANDARD_CHANNELS, STANDARD_POINTS, 0, 0);
            case "npz" -> new NpzSource(Path.of(place));
            default -> standard();
        };
    }

    /**
     * Reads the section.
     *
     * @param folder of the configuration, which relative paths start from
     * @param images whether the network wants images rather than columns
     */
    static DataSource read(Section section, Path folder, boolean images) {
        String source = section.word("source", "gaussian", SOURCES);
        String of = "source " + source;
        switch (source) {
            case "npz" -> {
                section.allow(of, List.of("source", "path", "layout"));
                return new NpzSource(
                        folder.resolve(section.text("path", "an .npz file with arrays X and y")),
                        layout(section, images));
            }
            case "textures" -> {
                section.allow(of, List.of("source", "side", "channels", "points", "testPoints", "seed"));
                return new TextureSource(
                        section.whole("side", STANDARD_SIDE, "a whole number >= 2"),
                        section.whole("channels", STANDARD_CHANNELS, "a whole number >= 1"),
                        section.whole("points", STANDARD_POINTS, COUNT),
                        section.whole("testPoints", 0, "an even whole number >= 0"),
                        section.seed("seed", 0));
            }
            case "cifar10", "mnist" -> {
                section.allow(of, IMAGE_KEYS);
                int testPoints = section.whole("testPoints", 0, "an even whole number >= 0");
                return images(section, folder, images, source.equals("cifar10"), testPoints);
            }
            case "teacher" -> {
                section.allow(of, List.of("source", "dimension", "points", "testPoints", "outputs", "seed"));
                return new TeacherSource(
                        section.whole("dimension", STANDARD_DIMENSION, "a whole number >= 1"),
                        section.whole("points", STANDARD_POINTS, "a whole number >= 1"),
                        section.whole("testPoints", 0, "a whole number >= 0"),
                        section.whole("outputs", 1, "a whole number >= 1"),
                        section.seed("seed", 0));
            }
            default -> {
                section.allow(of, List.of("source", "dimension", "points", "seed"));
                return new GaussianSource(
                        section.whole("dimension", STANDARD_DIMENSION, "a whole number >= 1"),
                        evenPoints(section),
                        section.seed("seed", 0));
            }
        }
    }

    private static NpzSource.Layout layout(Section section, boolean images) {
        if (!section.has("layout")) {
            return NpzSource.Layout.UNSTATED;
        }
        List<NpzSource.Layout> layouts = images
                ? List.of(NpzSource.Layout.NHWC, NpzSource.Layout.NCHW)
                : List.of(NpzSource.Layout.DIMENSION_FIRST, NpzSource.Layout.POINTS_FIRST);
        List<String> words = layouts.stream().map(NpzSource.Layout::word).toList();
        return layouts.get(words.indexOf(section.word("layout", words.get(0), words)));
    }

    /** The source itself takes odd numbers too, for the one figure of the paper that has them. */
    private static int evenPoints(Section section) {
        int points = section.whole("points", STANDARD_POINTS, COUNT);
        if (points % 2 != 0) {
            throw section.wrong("points", section.raw("points"), COUNT + " (half of the points are of each class)");
        }
        return points;
    }

    /** The keys of a source of images other than {@code testPoints}. */
    static DataSource images(Section section, Path folder, boolean images, boolean cifar, int testPoints) {
        Path dir = folder.resolve(section.text("dir", FOLDER));
        int[] standard = STANDARD_CLASSES.stream().mapToInt(Integer::intValue).toArray();
        List<Integer> classes = Arrays.stream(section.wholes("classes", standard, "two classes such as [0, 1]"))
                .boxed()
                .toList();
        int points = section.whole("points", STANDARD_POINTS, COUNT);
        String scale = section.word("normalize", "rms", List.of("rms", "none"));
        ImageFormat format = new ImageFormat(
                section.flag("grayscale", true),
                scale.equals("rms") ? ImageFormat.Normalization.RMS : ImageFormat.Normalization.NONE,
                side(section),
                images ? ImageFormat.Layout.IMAGES : ImageFormat.Layout.COLUMNS);
        return cifar
                ? new Cifar10Source(dir, classes, points, testPoints, format)
                : new MnistSource(dir, classes, points, testPoints, format);
    }

    /** 0, the images' own size, only if the key is absent. */
    private static int side(Section section) {
        String allowed = "a whole number >= 1 that divides the images' height and width";
        int side = section.whole("side", 0, allowed);
        if (section.has("side") && side < 1) {
            throw section.wrong("side", section.raw("side"), allowed);
        }
        return side;
    }

    /** The keys of the section that describe a source. */
    static Map<String, Object> toMap(DataSource data) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (data instanceof GaussianSource gaussian) {
            map.put("source", "gaussian");
            map.put("dimension", gaussian.dimension());
            map.put("points", gaussian.points());
            map.put("seed", gaussian.seed());
        } else if (data instanceof TextureSource textures) {
            map.put("source", "textures");
            map.put("side", textures.side());
            map.put("channels", textures.channels());
            map.put("points", textures.points());
            map.put("testPoints", textures.testPoints());
            map.put("seed", textures.seed());
        } else if (data instanceof TeacherSource teacher) {
            map.put("source", "teacher");
            map.put("dimension", teacher.dimension());
            map.put("points", teacher.points());
            map.put("testPoints", teacher.testPoints());
            map.put("outputs", teacher.outputs());
            map.put("seed", teacher.seed());
        } else if (data instanceof NpzSource npz) {
            map.put("source", "npz");
            map.put("path", npz.path().toAbsolutePath().normalize().toString());
            if (npz.layout() != NpzSource.Layout.UNSTATED) {
                map.put("layout", npz.layout().word());
            }
        } else if (data instanceof Cifar10Source cifar) {
            putImages(map, "cifar10", cifar.dir(), cifar.classes(), cifar.points(), cifar.testPoints(), cifar.format());
        } else if (data instanceof MnistSource mnist) {
            putImages(map, "mnist", mnist.dir(), mnist.classes(), mnist.points(), mnist.testPoints(), mnist.format());
        }
        return map;
    }

    private static void putImages(
            Map<String, Object> map,
            String source,
            Path dir,
            List<Integer> classes,
            int points,
            int testPoints,
            ImageFormat format) {
        map.put("source", source);
        map.put("dir", dir.toAbsolutePath().normalize().toString());
        map.put("classes", classes);
        map.put("points", points);
        map.put("testPoints", testPoints);
        map.put("grayscale", format.grayscale());
        map.put("normalize", format.normalization().name().toLowerCase(Locale.ROOT));
        if (format.side() > 0) {
            map.put("side", format.side());
        }
    }
}

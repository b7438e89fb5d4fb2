package org.widthbench.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private static final String COUNT = "a whole number >= 1";
    private static final String EVEN = "an even whole number >= 2";
    private static final String EVEN_OR_NONE = "an even whole number >= 0";
    private static final String SOURCE = "source";

    /** Those that the short form on the command line knows by a place. */
    private static final List<String> PLACED = List.of("cifar10", "mnist", "npz");

    private static final Kind<GaussianSource> GAUSSIAN = new Kind<>(
            "gaussian",
            new GaussianSource(25, 10, 0),
            keys("gaussian", GaussianSource.class)
                    .key("dimension", COUNT)
                    .key("points", EVEN)
                    .key("seed"));
    private static final Kind<TeacherSource> TEACHER = new Kind<>(
            "teacher",
            new TeacherSource(25, 10, 0, 1, 0),
            keys("teacher", TeacherSource.class)
                    .key("dimension", COUNT)
                    .key("points", COUNT)
                    .key("testPoints", "a whole number >= 0")
                    .key("outputs", COUNT)
                    .key("seed"));
    private static final Kind<TextureSource> TEXTURES = new Kind<>(
            "textures",
            new TextureSource(8, 3, 10, 0, 0),
            keys("textures", TextureSource.class)
                    .key("side", "a whole number >= 2")
                    .key("channels", COUNT)
                    .key("points", EVEN)
                    .key("testPoints", EVEN_OR_NONE)
                    .key("seed"));
    private static final List<Kind<?>> MADE = List.of(GAUSSIAN, TEACHER, TEXTURES);
    private static final List<String> SOURCES = List.of("gaussian", "teacher", "textures", "cifar10", "mnist", "npz");

    private DataSection() {}

    /**
     * A source that is computed.
     *
     * @param word that names it
     * @param standard what absent keys mean
     */
    private record Kind<S extends DataSource>(String word, S standard, Keys<S> keys) {
        DataSource read(Section section) {
            return keys.read(section, standard);
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> write(DataSource source) {
            return keys.write((S) source);
        }
    }

    /**
     * Images of two classes in files, {@link Cifar10Source} or {@link MnistSource}.
     *
     * @param side 0 for the images' own
     */
    record Images(
            Path dir,
            int[] classes,
            int points,
            int testPoints,
            boolean grayscale,
            ImageFormat.Normalization normalize,
            int side) {
        /** What absent keys mean; the folder has no default. */
        static Images standard(int testPoints) {
            return new Images(Path.of(""), new int[] {0, 1}, 10, testPoints, true, ImageFormat.Normalization.RMS, 0);
        }

        /** The keys beside {@code source}. */
        static Keys<Images> keys(String owner) {
            return new Keys<>(owner, Images.class)
                    .elsewhere(SOURCE)
                    .key("dir", "a folder, relative to the configuration or absolute")
                    .key("classes", "two classes such as [0, 1]")
                    .key("points", EVEN)
                    .key("testPoints", EVEN_OR_NONE)
                    .key("grayscale")
                    .key("normalize")
                    .key("side", "a whole number >= 1 that divides the images' height and width")
                    .spelled(null, 0);
        }

        DataSource source(boolean cifar, boolean images) {
            List<Integer> both = Arrays.stream(classes).boxed().toList();
            ImageFormat format = new ImageFormat(
                    grayscale, normalize, side, images ? ImageFormat.Layout.IMAGES : ImageFormat.Layout.COLUMNS);
            return cifar
                    ? new Cifar10Source(dir, both, points, testPoints, format)
                    : new MnistSource(dir, both, points, testPoints, format);
        }

        static Images of(DataSource source) {
            if (source instanceof Cifar10Source cifar) {
                return of(cifar.dir(), cifar.classes(), cifar.points(), cifar.testPoints(), cifar.format());
            }
            MnistSource mnist = (MnistSource) source;
            return of(mnist.dir(), mnist.classes(), mnist.points(), mnist.testPoints(), mnist.format());
        }

        private static Images of(Path dir, List<Integer> classes, int points, int testPoints, ImageFormat format) {
            return new Images(
                    dir,
                    classes.stream().mapToInt(Integer::intValue).toArray(),
                    points,
                    testPoints,
                    format.grayscale(),
                    format.normalization(),
                    format.side());
        }
    }

    private static <S extends Record> Keys<S> keys(String word, Class<S> type) {
        return new Keys<>("source " + word, type).elsewhere(SOURCE);
    }

    /** @param images whether the network wants images rather than columns */
    private static Keys<NpzSource> archive(boolean images) {
        List<NpzSource.Layout> layouts = images
                ? List.of(NpzSource.Layout.NHWC, NpzSource.Layout.NCHW)
                : List.of(NpzSource.Layout.DIMENSION_FIRST, NpzSource.Layout.POINTS_FIRST);
        List<String> words = layouts.stream().map(NpzSource.Layout::word).toList();
        return new Keys<NpzSource>("source npz", values -> {
                    Object layout = values.get("layout");
                    return new NpzSource(
                            (Path) values.get("path"),
                            layout == null ? NpzSource.Layout.UNSTATED : layouts.get(words.indexOf(layout)));
                })
                .elsewhere(SOURCE)
                .key("path", Path.class, "an .npz file with arrays X and y", NpzSource::path)
                .word("layout", words, npz -> npz.layout().word())
                .otherwise((standard, before) -> null)
                .spelled(null, NpzSource.Layout.UNSTATED.word());
    }

    /** The keys of all sources. */
    static Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        MADE.forEach(kind -> names.addAll(kind.keys.names()));
        names.addAll(Images.keys("").names());
        names.addAll(archive(false).names());
        return names;
    }

    /** The authors' synthetic data: 10 points of dimension 25. */
    static DataSource standard() {
        return GAUSSIAN.standard;
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
        boolean made = source.equals(GAUSSIAN.word) || source.equals(TEXTURES.word);
        boolean valid = made ? colon < 0 : PLACED.contains(source) && !place.isBlank();
        InvalidInputException.require(valid, "--data", word, "gaussian, textures, cifar10:DIR, mnist:DIR or npz:FILE");
        return switch (source) {
            case "cifar10", "mnist" ->
                Images.keys("")
                        .with(Images.standard(0), Map.of("dir", Path.of(place)))
                        .source(source.equals("cifar10"), false);
            case "npz" -> new NpzSource(Path.of(place));
            case "textures" -> TEXTURES.standard;
            default -> GAUSSIAN.standard;
        };
    }

    /**
     * Reads the section.
     *
     * @param images whether the network wants images rather than columns
     */
    static DataSource read(Section section, boolean images) {
        String source = section.word(SOURCE, GAUSSIAN.word, SOURCES);
        if (source.equals("npz")) {
            return archive(images).read(section, new NpzSource(Path.of("")));
        }
        if (PLACED.contains(source)) {
            return Images.keys("source " + source)
                    .read(section, Images.standard(0))
                    .source(source.equals("cifar10"), images);
        }
        if (source.equals(GAUSSIAN.word) && section.has("points")) {
            // The source itself takes odd numbers too, for the one figure of the paper that has them.
            JsonNode points = section.node().get("points");
            section.require(
                    !points.isIntegralNumber() || points.asInt() % 2 == 0,
                    "points",
                    EVEN + " (half of the points are of each class)");
        }
        return MADE.stream()
                .filter(kind -> kind.word.equals(source))
                .findFirst()
                .orElseThrow()
                .read(section);
    }

    /** The keys of the section that describe a source. */
    static Map<String, Object> toMap(DataSource data) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (data instanceof NpzSource npz) {
            map.put(SOURCE, "npz");
            map.putAll(archive(false).write(npz));
        } else if (data instanceof Cifar10Source || data instanceof MnistSource) {
            map.put(SOURCE, data instanceof Cifar10Source ? "cifar10" : "mnist");
            map.putAll(Images.keys("").write(Images.of(data)));
        } else {
            MADE.stream()
                    .filter(kind -> kind.standard.getClass() == data.getClass())
                    .forEach(kind -> {
                        map.put(SOURCE, kind.word);
                        map.putAll(kind.write(data));
                    });
        }
        return map;
    }
}

package org.widthbench.experiment;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.widthbench.core.InvalidInputException;

/**
 * The networks that are put beside the theory: every width with every seed {@code 0..seeds-1}.
 *
 * @param widths hidden widths N, ascending, each at least 1
 * @param seeds number of independent initializations per width, at least 1
 */
public record SweepSpec(int[] widths, int seeds) {
    /** Each is a file and an entry of several lists; more are a slip. */
    public static final int MOST_NETWORKS = 1_000_000;

    /** The section {@code sweep}. */
    static final Keys<SweepSpec> KEYS = new Keys<>("sweep", SweepSpec.class)
            .key("widths", "a list of whole numbers such as [50, 100, 500]")
            .key("seeds", "a whole number >= 1")
            .elsewhere("grid");

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public SweepSpec {
        widths = widths.clone();
        InvalidInputException.require(widths.length > 0, "sweep.widths", "[]", "at least one width");
        InvalidInputException.require(
                widths.length <= MOST_NETWORKS, "sweep.widths", widths.length + " widths", "at most " + MOST_NETWORKS);
        for (int i = 0; i < widths.length; i++) {
            InvalidInputException.require(
                    widths[i] >= (i == 0 ? 1 : widths[i - 1] + 1),
                    "sweep.widths",
                    Arrays.toString(widths),
                    "ascending whole numbers >= 1, none twice");
        }
        InvalidInputException.requireCount("sweep.seeds", seeds, MOST_NETWORKS / widths.length);
    }

    /** The widths; the caller owns the copy. */
    @Override
    public int[] widths() {
        return widths.clone();
    }

    /** The largest width. */
    public int widest() {
        return widths[widths.length - 1];
    }

    /** Number of networks. */
    public int tasks() {
        return widths.length * seeds;
    }

    /** One of the networks. */
    @FunctionalInterface
    public interface Action {
        /** Does something about it. */
        void of(int width, long seed);
    }

    /** Does something about every network, by width and seed. */
    public void forEach(Action action) {
        for (int width : widths) {
            for (long seed = 0; seed < seeds; seed++) {
                action.of(width, seed);
            }
        }
    }

    /** The width of every network. */
    public IntStream eachWidth() {
        return Arrays.stream(widths)
                .flatMap(width -> IntStream.generate(() -> width).limit(seeds));
    }

    /** The networks of one of the widths. */
    public SweepSpec of(int width) {
        return new SweepSpec(new int[] {width}, seeds);
    }

    /** This sweep with only the widths of at least {@code minimum}; may throw if none is left. */
    public SweepSpec atLeast(int minimum) {
        return new SweepSpec(Arrays.stream(widths).filter(n -> n >= minimum).toArray(), seeds);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SweepSpec that && seeds == that.seeds && Arrays.equals(widths, that.widths);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(widths) + seeds;
    }

    @Override
    public String toString() {
        return "widths " + Arrays.toString(widths) + " x " + seeds + " seeds";
    }
}

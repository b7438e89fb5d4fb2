package org.widthbench.training;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.Problem;

/** How the format of networks is chosen: {@code --precision}. Names no type of ND4J, so that reading a command line loads none. */
public enum PrecisionChoice {
    /** float32 where its resolution suffices ({@code docs/reference/precision.md}), float64 elsewhere. */
    AUTO,
    /** float32, with a warning where that is too coarse. */
    FLOAT32,
    /** float64. */
    FLOAT64;

    /** auto, float32 or float64. */
    public static PrecisionChoice of(String word) {
        return Arrays.stream(values())
                .filter(choice -> choice.word().equals(word))
                .findFirst()
                .orElseThrow(() -> InvalidInputException.key("--precision", word, "auto, float32 or float64"));
    }

    /** What the option calls it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether networks of this width are held in float32. */
    public boolean isSingle(Problem problem, int width) {
        return switch (this) {
            case AUTO -> FloatResolution.of(problem, width).suffices();
            case FLOAT32 -> true;
            case FLOAT64 -> false;
        };
    }

    /** The format of the fields of networks of this width. */
    public FieldPrecision format(Problem problem, int width) {
        return isSingle(problem, width) ? FieldPrecision.FLOAT32 : FieldPrecision.FLOAT64;
    }

    /** What to say where float32 was asked for and is too coarse, of the worst of some widths. */
    public Optional<String> warning(Problem problem, int... widths) {
        if (this != FLOAT32) {
            return Optional.empty();
        }
        return Arrays.stream(widths)
                .filter(width -> !FloatResolution.of(problem, width).suffices())
                .boxed()
                .findFirst()
                .map(width -> {
                    FloatResolution resolution = FloatResolution.of(problem, width);
                    return String.format(
                            Locale.ROOT,
                            "warning: float32 is too coarse at gamma0 = %s for N = %d: rounding moves predictions by %.0e of the"
                                    + " labels, and a weight resolves %.0e of an update; --precision auto takes float64 here",
                            problem.training().gamma0(),
                            width,
                            resolution.rounding(),
                            resolution.lost());
                });
    }

    /** The format of each width in words: {@code float32}, or {@code float64 for N = 50, else float32}. */
    public String describe(Problem problem, int... widths) {
        int[] fine = Arrays.stream(widths)
                .filter(width -> !isSingle(problem, width))
                .distinct()
                .toArray();
        if (fine.length == 0) {
            return "float32";
        }
        long distinct = Arrays.stream(widths).distinct().count();
        String list = Arrays.toString(fine).replaceAll("[\\[\\]]", "");
        return fine.length == distinct ? "float64" : "float64 for N = " + list + ", else float32";
    }
}

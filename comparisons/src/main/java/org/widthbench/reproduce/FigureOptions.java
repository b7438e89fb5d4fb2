package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.data.DataSource;
import org.widthbench.experiment.SweepSpec;

/**
 * What the command line may change about a figure; a figure refuses what it has no use for.
 *
 * @param quick a smaller version that shows the same within seconds
 * @param data in place of the figure's own
 * @param seeds networks per width, in place of the figure's own
 * @param widths ascending, in place of the figure's own
 */
public record FigureOptions(boolean quick, Optional<DataSource> data, OptionalInt seeds, Optional<int[]> widths) {
    /** @throws org.widthbench.core.InvalidInputException naming the option of which there would be too much */
    public FigureOptions {
        if (seeds.isPresent()) {
            InvalidInputException.requireCount("--seeds", seeds.getAsInt(), SweepSpec.MOST_NETWORKS);
        }
    }

    /** What belongs to the version that is asked for. */
    <T> T size(T full, T small) {
        return quick ? small : full;
    }

    /** The networks of a figure, whose own are given for both versions. */
    SweepSpec networks(SweepSpec full, SweepSpec small) {
        SweepSpec own = size(full, small);
        return new SweepSpec(widths.orElse(own.widths()), seeds.orElse(own.seeds()));
    }

    /**
     * The networks of a figure that shows one width.
     *
     * @throws InvalidInputException if several are asked for
     */
    SweepSpec networksOfOneWidth(SweepSpec full, SweepSpec small) {
        SweepSpec networks = networks(full, small);
        InvalidInputException.require(
                networks.widths().length == 1,
                "--widths",
                Arrays.toString(networks.widths()),
                "one width: this figure compares theories at one, say --widths "
                        + size(full, small).widest());
        return networks;
    }
}

package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.widthbench.core.InvalidInputException;

/** All figures that can be reproduced. */
public final class FigureCatalogue {
    private FigureCatalogue() {}

    /** In the order of {@code reproduce --list}. */
    public static List<ReproducibleFigure> all() {
        List<ReproducibleFigure> figures = new ArrayList<>(List.of(
                new WidthFigure(),
                new DeepLinearFigure(),
                new RegularizedFigure(),
                new ApproximationFigure(),
                new TwoLayerFigure(),
                new ChannelFigure()));
        figures.addAll(ImageClassesFigure.variants());
        figures.addAll(ConsistencyFigure.all());
        return figures;
    }

    /** @throws InvalidInputException listing the names, if there is no such figure */
    public static ReproducibleFigure named(String name) {
        return all().stream()
                .filter(figure -> figure.name().equals(name))
                .findFirst()
                .orElseThrow(() -> InvalidInputException.key(
                        "FIGURE",
                        name,
                        "one of " + all().stream().map(ReproducibleFigure::name).collect(Collectors.joining(", "))));
    }
}

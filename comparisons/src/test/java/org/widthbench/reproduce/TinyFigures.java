package org.widthbench.reproduce;

import java.util.Optional;
import java.util.OptionalInt;

/** Options that leave everything to the figure. */
final class TinyFigures {
    private TinyFigures() {}

    static FigureOptions options() {
        return new FigureOptions(false, Optional.empty(), OptionalInt.empty(), Optional.empty());
    }
}

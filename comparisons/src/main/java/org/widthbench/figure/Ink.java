package org.widthbench.figure;

/** What a mark's colour means; the {@link Style} chooses the colour. */
public sealed interface Ink {
    /** One of a few unordered things, such as a layer; {@code index} 0, 1, ... */
    record Category(int index) implements Ink {}

    /** One of several ordered things, such as widths; {@code index} 0 .. count-1. */
    record Ordered(int index, int count) implements Ink {}

    /** Neither: the text colour. */
    record Neutral() implements Ink {}

    /** The {@code index}-th unordered colour. */
    static Ink category(int index) {
        return new Category(index);
    }

    /** The {@code index}-th of {@code count} ordered colours. */
    static Ink ordered(int index, int count) {
        return new Ordered(index, count);
    }

    /** The text colour. */
    static Ink neutral() {
        return new Neutral();
    }
}

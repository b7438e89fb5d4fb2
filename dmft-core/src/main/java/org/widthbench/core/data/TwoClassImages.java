package org.widthbench.core.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.InvalidInputException;

/** Collects the first images of each of two classes, in the order in which they are offered. */
final class TwoClassImages {
    private final List<Integer> classes;
    private final int perClass;
    private final List<List<RawImage>> found = List.of(new ArrayList<>(), new ArrayList<>());

    TwoClassImages(List<Integer> classes, int points) {
        this.classes = classes;
        this.perClass = points / 2;
    }

    /** Whether an image with this label is still needed. */
    boolean wants(int label) {
        int index = classes.indexOf(label);
        return index >= 0 && found.get(index).size() < perClass;
    }

    void add(int label, RawImage image) {
        found.get(classes.indexOf(label)).add(image);
    }

    /**
     * All images of the first class, then all of the second.
     *
     * @param key what asked for them, for the message
     * @throws InvalidInputException if a class had too few images
     */
    List<RawImage> inClassOrder(String key, Path dir) {
        for (int index = 0; index < 2; index++) {
            int count = found.get(index).size();
            InvalidInputException.require(
                    count == perClass,
                    key,
                    2 * perClass,
                    "at most " + 2 * count + ", since " + dir + " has only " + count + " images of class "
                            + classes.get(index));
        }
        List<RawImage> all = new ArrayList<>(found.get(0));
        all.addAll(found.get(1));
        return all;
    }
}

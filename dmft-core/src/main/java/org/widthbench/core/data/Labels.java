package org.widthbench.core.data;

import java.util.Arrays;
import java.util.List;
import org.widthbench.core.InvalidInputException;

/** Two classes with equally many points: label -1 for the first, +1 for the second. */
final class Labels {
    private Labels() {}

    static double[] halves(int points) {
        double[] labels = new double[points];
        Arrays.fill(labels, 0, points / 2, -1);
        Arrays.fill(labels, points / 2, points, 1);
        return labels;
    }

    static void requireEvenPoints(int points) {
        InvalidInputException.require(
                points >= 2 && points % 2 == 0,
                "data.points",
                points,
                "an even whole number >= 2 (half of the points are of each class)");
    }

    static void requireEvenTestPoints(int testPoints) {
        InvalidInputException.require(
                testPoints >= 0 && testPoints % 2 == 0,
                "data.testPoints",
                testPoints,
                "an even whole number >= 0 (half of the points are of each class)");
    }

    /** Two different classes out of {@code 0..9}. */
    static void requireTwoOfTen(List<Integer> classes) {
        InvalidInputException.require(
                classes.size() == 2
                        && classes.stream().allMatch(c -> c >= 0 && c <= 9)
                        && !classes.get(0).equals(classes.get(1)),
                "data.classes",
                classes,
                "two different classes in 0..9, such as [0, 1]");
    }
}

package org.widthbench.consistency;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.widthbench.comparison.SeedStatistics;

/**
 * How something falls with the width N.
 *
 * @param task on which task
 * @param quantity what
 * @param expected exponent of its first term in the expansion in {@code 1/N}, {@code docs/theory.md} section 7
 * @param widths ascending, those at which there is a value
 * @param values one per width; what is not positive is below the noise
 * @param errors one standard error of each; NaN for fewer than three seeds
 * @param fit the power, if it is resolved
 */
record Scaling(
        String task,
        String quantity,
        double expected,
        double[] widths,
        double[] values,
        double[] errors,
        Optional<PowerFit> fit) {
    /** Seeds from which leaving one out says something. */
    private static final int FEWEST_SEEDS = 3;

    /** Of a number that vanishes in the limit. */
    static Scaling ofLimit(TaskView task, String quantity, double expected, Function<TaskView, double[]> perWidth) {
        return of(task, quantity, expected, PowerFit.From.INFINITY, perWidth);
    }

    /** Of the variance between networks' predictions at the last step. */
    static Scaling seedVariance(TaskView task) {
        int last = task.last();
        return ofLimit(
                task,
                "variance between seeds",
                1,
                view -> view.perWidth(group -> group.decomposition(last).seedVariance()));
    }

    /**
     * Of a number that vanishes at the widest network's width.
     *
     * @param power 2 for a square, whose root goes through zero there
     */
    static Scaling ofWidest(
            TaskView task, String quantity, double expected, int power, Function<TaskView, double[]> perWidth) {
        return of(task, quantity, expected, new PowerFit.From(task.widest().width(), power), perWidth);
    }

    private static Scaling of(
            TaskView task,
            String quantity,
            double expected,
            PowerFit.From from,
            Function<TaskView, double[]> perWidth) {
        int count =
                (int) Arrays.stream(task.widths()).filter(n -> n < from.width()).count();
        double[] widths = Arrays.copyOf(task.widths(), count);
        double[] values = Arrays.copyOf(perWidth.apply(task), count);
        List<double[]> without = task.withoutEachSeed().stream().map(perWidth).toList();
        boolean known = without.size() >= FEWEST_SEEDS;
        double[] errors = IntStream.range(0, count)
                .mapToDouble(i -> known
                        ? SeedStatistics.of(without.stream()
                                        .mapToDouble(other -> other[i])
                                        .toArray())
                                .jackknifeError()
                        : Double.NaN)
                .toArray();
        return new Scaling(
                task.name(),
                quantity,
                expected,
                widths,
                values,
                errors,
                known ? PowerFit.of(widths, values, errors, without, from) : PowerFit.of(widths, values));
    }

    /** Whether the fitted power is the expected one. */
    PowerFit.Agreement agreement() {
        return fit.map(power -> power.agreement(expected)).orElse(PowerFit.Agreement.UNRESOLVED);
    }

    /** The value at the smallest width. */
    double narrowest() {
        return values[0];
    }

    /** The value at the largest width that has one. */
    double widest() {
        return values[values.length - 1];
    }
}

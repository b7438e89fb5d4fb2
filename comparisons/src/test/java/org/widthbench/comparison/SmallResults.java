package org.widthbench.comparison;

import java.util.List;
import java.util.stream.IntStream;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

/** Order parameters of a few numbers, for tests that look at what is done with them. */
public final class SmallResults {
    private SmallResults() {}

    /** Two times, two points, entries that depend on {@code x} and differ between arrays and layers. */
    public static OrderParameters result(int depth, double x) {
        List<Tensor> features = layers(depth, l -> filled(x + l, 2, 2, 2, 2));
        List<Tensor> gradients = layers(depth, l -> filled(2 * x - l, 2, 2, 2, 2));
        return OrderParameters.of(
                new int[] {0, 1},
                new double[] {1 + x, 0.5 - x},
                filled(3 * x, 2, 2),
                filled(4 * x, 2, 2),
                features,
                gradients,
                filled(5 * x, 2, 2, 2),
                layers(depth, l -> filled(6 * x + l, 2, 2, 3)),
                layers(depth, l -> filled(7 * x - l, 2, 2, 3)));
    }

    private static List<Tensor> layers(int depth, java.util.function.IntFunction<Tensor> layer) {
        return IntStream.rangeClosed(1, depth).mapToObj(layer).toList();
    }

    private static Tensor filled(double x, int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        for (int i = 0; i < tensor.data().length; i++) {
            tensor.data()[i] = x * (i + 1) + Math.sin(i * x);
        }
        return tensor;
    }
}

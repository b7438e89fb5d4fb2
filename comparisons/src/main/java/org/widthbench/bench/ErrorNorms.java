package org.widthbench.bench;

import java.util.List;
import java.util.stream.Stream;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

/** How far one solution lies from another of the same problem. */
public final class ErrorNorms {
    private ErrorNorms() {}

    /** Largest difference of the loss over all times. */
    public static double loss(OrderParameters solution, OrderParameters reference) {
        double largest = 0;
        for (int t = 0; t < reference.loss().length; t++) {
            largest = Math.max(largest, Math.abs(solution.loss()[t] - reference.loss()[t]));
        }
        return largest;
    }

    /** {@code |K - K'|_F / |K'|_F}, the largest of all {@code Phi^l} and {@code G^l}. */
    public static double kernels(OrderParameters solution, OrderParameters reference) {
        List<Tensor> of = all(solution);
        List<Tensor> against = all(reference);
        double largest = 0;
        for (int i = 0; i < of.size(); i++) {
            largest = Math.max(largest, relative(of.get(i), against.get(i)));
        }
        return largest;
    }

    /** {@code |K - K'|_F / |K'|_F}. */
    static double relative(Tensor kernel, Tensor reference) {
        double[] a = kernel.data();
        double[] b = reference.data();
        double difference = 0;
        double square = 0;
        for (int i = 0; i < a.length; i++) {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            square += b[i] * b[i];
        }
        return Math.sqrt(difference / square);
    }

    private static List<Tensor> all(OrderParameters solution) {
        return Stream.concat(solution.featureKernels().stream(), solution.gradientKernels().stream())
                .toList();
    }
}

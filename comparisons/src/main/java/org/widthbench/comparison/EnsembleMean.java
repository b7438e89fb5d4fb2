package org.widthbench.comparison;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

/**
 * Running mean of order parameters over an ensemble of networks, one network in memory at a time. Field samples are pooled
 * in place of averaged: their distribution is what matters.
 */
public final class EnsembleMean {
    private OrderParameters mean;
    private int count;

    /** Takes one more network of the same problem. */
    public void add(OrderParameters network) {
        count++;
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        network.arrays()
                .forEach((name, values) -> arrays.put(
                        name,
                        count == 1 ? copy(values) : joined(name, mean.arrays().get(name), values)));
        mean = new OrderParameters(network.times(), arrays);
    }

    /** Number of networks so far. */
    public int count() {
        return count;
    }

    /** The mean so far; the arrays go on changing with each {@link #add}. */
    public OrderParameters mean() {
        if (mean == null) {
            throw new IllegalStateException("the mean of no network");
        }
        return mean;
    }

    private Tensor joined(String name, Tensor means, Tensor values) {
        if (OrderParameters.isSampled(name)) {
            return pool(means, values);
        }
        for (int i = 0; i < means.data().length; i++) {
            means.data()[i] += (values.data()[i] - means.data()[i]) / count;
        }
        return means;
    }

    private static Tensor copy(Tensor tensor) {
        return new Tensor(tensor.shape(), tensor.data().clone());
    }

    /** Joins {@code (2,Q,S)} and {@code (2,Q,S')} to {@code (2,Q,S+S')}. */
    private static Tensor pool(Tensor a, Tensor b) {
        int lengthA = a.size(2);
        int lengthB = b.size(2);
        Tensor pooled = Tensor.zeros(a.size(0), a.size(1), lengthA + lengthB);
        for (int row = 0; row < a.size(0) * a.size(1); row++) {
            int at = row * (lengthA + lengthB);
            System.arraycopy(a.data(), row * lengthA, pooled.data(), at, lengthA);
            System.arraycopy(b.data(), row * lengthB, pooled.data(), at + lengthA, lengthB);
        }
        return pooled;
    }
}

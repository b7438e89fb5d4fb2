package org.widthbench.comparison;

import java.util.ArrayList;
import java.util.List;
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
        if (mean == null) {
            mean = copy(network);
            return;
        }
        move(mean.loss(), network.loss());
        move(mean.delta(), network.delta());
        move(mean.f(), network.f());
        move(mean.featureKernels(), network.featureKernels());
        move(mean.gradientKernels(), network.gradientKernels());
        move(mean.ntk(), network.ntk());
        mean = new OrderParameters(
                mean.times(),
                mean.loss(),
                mean.delta(),
                mean.f(),
                mean.featureKernels(),
                mean.gradientKernels(),
                mean.ntk(),
                pool(mean.preactivations(), network.preactivations()),
                pool(mean.pullbacks(), network.pullbacks()));
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

    private void move(List<Tensor> means, List<Tensor> values) {
        for (int l = 0; l < means.size(); l++) {
            move(means.get(l), values.get(l));
        }
    }

    private void move(Tensor means, Tensor values) {
        move(means.data(), values.data());
    }

    private void move(double[] means, double[] values) {
        for (int i = 0; i < means.length; i++) {
            means[i] += (values[i] - means[i]) / count;
        }
    }

    private static OrderParameters copy(OrderParameters of) {
        return new OrderParameters(
                of.times().clone(),
                of.loss().clone(),
                copy(of.delta()),
                copy(of.f()),
                of.featureKernels().stream().map(EnsembleMean::copy).toList(),
                of.gradientKernels().stream().map(EnsembleMean::copy).toList(),
                copy(of.ntk()),
                of.preactivations(),
                of.pullbacks());
    }

    private static Tensor copy(Tensor tensor) {
        return new Tensor(tensor.shape(), tensor.data().clone());
    }

    /** Joins {@code (2,Q,S)} and {@code (2,Q,S')} to {@code (2,Q,S+S')}, layer by layer. */
    private static List<Tensor> pool(List<Tensor> a, List<Tensor> b) {
        List<Tensor> pooled = new ArrayList<>();
        for (int l = 0; l < a.size(); l++) {
            pooled.add(pool(a.get(l), b.get(l)));
        }
        return pooled;
    }

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

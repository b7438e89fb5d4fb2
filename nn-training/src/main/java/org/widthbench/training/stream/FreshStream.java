package org.widthbench.training.stream;

import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Ever new samples.
 *
 * @param batchSize samples per batch
 * @param test samples that no batch holds
 * @param batches the batch of each step
 */
record FreshStream(int batchSize, Samples test, IntFunction<Samples> batches) implements SampleStream {
    @Override
    public Samples batch(int t) {
        return batches.apply(t);
    }

    @Override
    public Optional<Samples> repeated() {
        return Optional.empty();
    }
}

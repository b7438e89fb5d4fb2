package org.widthbench.training.stream;

import java.util.Optional;

/**
 * Minibatches in a fixed order. A batch depends on the stream and its step alone, so networks of all widths and seeds
 * see the same samples.
 */
public interface SampleStream {

    /** The batch of the step from time t to t+1. */
    Samples batch(int t);

    /** Samples per batch. */
    int batchSize();

    /** Samples that no batch holds. */
    Samples test();

    /**
     * The training set, if batches are drawn from one set again and again in the order of
     * {@link org.widthbench.core.problem.BatchSchedule}; empty for a stream of ever new samples.
     */
    Optional<Samples> repeated();
}

package org.widthbench.sweep;

import org.widthbench.core.Progress;
import org.widthbench.core.problem.OrderParameters;

/** Makes the networks of a sweep. */
@FunctionalInterface
public interface NetworkSource {
    /** Trains the network of one width and seed. */
    OrderParameters train(int width, long seed, Progress progress);
}

package org.widthbench.sweep;

import org.widthbench.core.OrderParameters;
import org.widthbench.core.Progress;

/** Makes the networks of a sweep. */
@FunctionalInterface
public interface NetworkSource {
    /** Trains the network of one width and seed. */
    OrderParameters train(int width, long seed, Progress progress);
}

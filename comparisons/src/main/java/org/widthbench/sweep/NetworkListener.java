package org.widthbench.sweep;

import org.widthbench.core.problem.OrderParameters;

/** Sees each trained network in full before its kernels are dropped. */
@FunctionalInterface
public interface NetworkListener {
    /** Looks at nothing. */
    NetworkListener NONE = (width, seed, network) -> {};

    /** Called once per network that was trained, not for those taken from an earlier run. */
    void trained(int width, long seed, OrderParameters network);
}

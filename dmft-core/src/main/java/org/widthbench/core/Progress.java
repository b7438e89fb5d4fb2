package org.widthbench.core;

/** Hears how far a long computation has come. */
@FunctionalInterface
public interface Progress {
    /** Listens to nothing. */
    Progress NONE = (completed, total) -> {};

    /** Called after each of {@code total} equal steps, from the computing thread. */
    void step(int completed, int total);
}

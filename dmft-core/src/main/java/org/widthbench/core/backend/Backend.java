package org.widthbench.core.backend;

/** Dense linear algebra on opaque device matrices. */
public interface Backend extends AutoCloseable {
    /** One line for people: library, processor or device. */
    String description();

    @Override
    void close();
}

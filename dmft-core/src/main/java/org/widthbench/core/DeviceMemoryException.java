package org.widthbench.core;

/** A device's memory is exhausted: fewer problems at a time, or smaller ones, may fit. */
public final class DeviceMemoryException extends SolverException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: what was asked, what is free, and the remedy */
    public DeviceMemoryException(String message) {
        super(message);
    }
}

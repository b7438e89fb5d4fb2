package org.widthbench.core;

/** A failure that the user can mend: its message names the cause and the remedy in one line, no stack trace needed. */
public abstract sealed class WidthbenchException extends RuntimeException
        permits InvalidInputException, MachineException, SolverException {
    private static final long serialVersionUID = 1L;

    WidthbenchException(String message) {
        super(message);
    }

    WidthbenchException(String message, Throwable cause) {
        super(message, cause);
    }
}

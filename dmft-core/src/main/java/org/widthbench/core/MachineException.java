package org.widthbench.core;

/** The machine or the installation cannot do it: memory, native libraries, files of the program. Other input would not help. */
public final class MachineException extends WidthbenchException {
    private static final long serialVersionUID = 1L;

    /** @param message one line that names what is missing, with the numbers, and the remedy */
    public MachineException(String message) {
        super(message);
    }

    /** As {@link #MachineException(String)}, keeping the failure underneath for a debugger. */
    public MachineException(String message, Throwable cause) {
        super(message, cause);
    }
}

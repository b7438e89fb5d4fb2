package org.widthbench.core;

/** A solver or trainer that cannot go on: names time step, layer and remedy. Nothing it computed is to be kept. */
public sealed class SolverException extends WidthbenchException permits DeviceMemoryException {
    private static final long serialVersionUID = 1L;

    /** @param message one line that names the time step, the layer, the cause and the remedy */
    public SolverException(String message) {
        super(message);
    }

    /** The dynamics left the finite numbers at time step {@code step}. */
    public static SolverException diverged(String what, int step, double eta) {
        return new SolverException(what + " diverged at step " + step
                + ": the loss is no longer finite; lower training.eta" + " (now " + eta + ") or training.gamma0");
    }
}

package org.widthbench.core;

import java.util.Locale;

/** A solver or trainer that cannot go on: names time step, layer and remedy. Nothing it computed is to be kept. */
public sealed class SolverException extends WidthbenchException permits DeviceMemoryException {
    private static final long serialVersionUID = 1L;

    /** @param message one line that names the time step, the layer, the cause and the remedy */
    public SolverException(String message) {
        super(message);
    }

    /**
     * What diverged means, of every solver and every network: the loss is not finite or beyond this multiple of its start. A
     * choice, not a measurement: losses may overshoot at large learning rates and come back, so the multiple is generous; what
     * grows by a constant factor each step passes any multiple soon.
     */
    public static final double DIVERGED = 1e6;

    /**
     * Stops a run that diverged.
     *
     * @param what solver or network, for the message
     * @param loss at time step {@code step}
     * @param start loss at the start; 0 counts as 1
     * @throws SolverException naming step, losses and remedy unless {@code loss <= DIVERGED start}
     */
    public static void requireBounded(String what, int step, double loss, double start, double eta) {
        double scale = start > 0 ? start : 1;
        if (!(loss <= DIVERGED * scale)) {
            String found = Double.isFinite(loss)
                    ? String.format(
                            Locale.ROOT, "%.3g, more than %.0e times that at the start, %.3g", loss, DIVERGED, scale)
                    : "no longer finite";
            throw new SolverException(what + " diverged at step " + step + ": the loss is " + found
                    + "; lower training.eta (now " + eta + ") or training.gamma0");
        }
    }
}

package org.widthbench.core.backend;

import java.util.List;

/** One kind of backend, found by {@link java.util.ServiceLoader}. Asking it must not fail where its hardware is absent. */
public interface BackendProvider {

    /** What {@code --device} calls it, such as {@code cpu} or {@code cuda}. */
    String name();

    /** {@code auto} takes the usable provider of the highest preference; the CPU has 0. */
    int preference();

    /** One line per usable device, in the order of their numbers; empty if this backend cannot be used. */
    List<String> devices();

    /** Why {@link #devices} is empty, and the remedy, in one line; empty text if there is nothing to say. */
    String obstacle();

    /** The format of fields where nobody asks for one. */
    FieldPrecision usual();

    /**
     * Opens a device.
     *
     * @param device index in {@link #devices}
     * @throws org.widthbench.core.WidthbenchException if the device turns out to be unusable, with the reason in one line
     */
    Backend open(int device, FieldPrecision precision);
}

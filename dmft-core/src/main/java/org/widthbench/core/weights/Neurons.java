package org.widthbench.core.weights;

import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;

/**
 * A population of neurons and what each does to its field. Layers whose neurons are the same, such as those of a residual
 * stream, share the object.
 */
public class Neurons {
    private final Backend backend;
    private final int count;
    private final Activation activation;

    /** @param count number N of neurons, or of samples of them */
    public Neurons(Backend backend, int count, Activation activation) {
        this.backend = backend;
        this.count = count;
        this.activation = activation;
    }

    /** Number N. */
    public int count() {
        return count;
    }

    /**
     * {@code phi = phi(h)}, {@code slope = phi'(h)}.
     *
     * @param freeMoved whether the free companion of h is another than when the same phi and slope were last filled
     */
    public void activate(Field h, Field phi, Field slope, boolean freeMoved) {
        backend.activate(activation, h.value(), phi.value(), slope.value());
        if (h.free() != null && freeMoved) {
            backend.activate(activation, h.free(), phi.free(), slope.free());
        }
    }

    /** {@code g = keep g + scale phi' z}. */
    public void pullBack(double scale, Field slope, Field z, double keep, Field g) {
        backend.multiply(scale, slope.value(), z.value(), keep, g.value());
        if (g.free() != null) {
            backend.multiply(scale, slope.free(), z.free(), keep, g.free());
        }
    }
}

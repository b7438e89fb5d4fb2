package org.widthbench.training.family;

import org.widthbench.core.Network;
import org.widthbench.core.backend.Backend;

/**
 * An architecture that studies of consistency can train, found by {@link java.util.ServiceLoader}: a class with a public
 * constructor without parameters, whose name stands in
 * {@code META-INF/services/org.widthbench.training.family.ArchitectureProvider}.
 */
public interface ArchitectureProvider {

    /** What a configuration calls it in {@code network.architecture}: lower-case letters, digits, hyphens. */
    String name();

    /** Whether inputs are images {@code (height, width, channels)} rather than vectors {@code (D)}. */
    boolean takesImages();

    /**
     * Its networks.
     *
     * @param layers depth, activation and, for images, filter size that the configuration asks for
     * @param gamma0 feature-learning strength, {@code > 0}
     * @param sample shape of one input
     * @param backend computes; closed by the caller, after the networks
     */
    NetworkFamily family(Network layers, double gamma0, int[] sample, Backend backend);
}

package org.widthbench.training.family;

import org.widthbench.core.Network;
import org.widthbench.core.backend.Backend;

/** The architectures of {@link LayeredFamily}. */
public abstract sealed class LayeredProvider implements ArchitectureProvider {
    private final String name;
    private final boolean images;

    private LayeredProvider(String name, boolean images) {
        this.name = name;
        this.images = images;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean takesImages() {
        return images;
    }

    @Override
    public NetworkFamily family(Network layers, double gamma0, int[] sample, Backend backend) {
        return new LayeredFamily(layers, gamma0, sample, backend);
    }

    /** Fully connected, {@code docs/theory.md} section 1. */
    public static final class Mlp extends LayeredProvider {
        /** For the service loader. */
        public Mlp() {
            super("mlp", false);
        }
    }

    /** Convolutional, {@code docs/theory.md} section 6. */
    public static final class Cnn extends LayeredProvider {
        /** For the service loader. */
        public Cnn() {
            super("cnn", true);
        }
    }
}

package org.widthbench.cuda;

import org.widthbench.core.activation.Activation;

/** Numbers under which the kernel {@code activate} knows the activations. */
final class ActivationCode {
    /** The kernel does not know it. */
    static final int NONE = -1;

    private ActivationCode() {}

    static int of(Activation activation) {
        return switch (activation.name()) {
            case "linear" -> 0;
            case "relu" -> 1;
            case "tanh" -> 2;
            case "erf" -> 3;
            case "softplus" -> 4;
            default -> NONE;
        };
    }
}

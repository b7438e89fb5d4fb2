package org.widthbench.core.activation;

import org.widthbench.core.InvalidInputException;

/**
 * Elementwise nonlinearity phi with its derivative. The array form is what inner loops call; an implementation fuses
 * value and derivative in one pass.
 */
public sealed interface Activation permits Linear, Relu, Tanh, Erf, Softplus {

    /** The name used in configurations. */
    String name();

    /** Slope parameter beta; 1 where the family has none. */
    default double beta() {
        return 1;
    }

    /**
     * {@code phi[i] = phi(h[i])}, {@code derivative[i] = phi'(h[i])} for {@code i} in {@code [0, n)}. Either output may be
     * null to skip it, and {@code phi} may be {@code h} itself.
     */
    void apply(double[] h, double[] phi, double[] derivative, int n);

    /** phi at one point. */
    default double value(double h) {
        double[] phi = {h};
        apply(phi, phi, null, 1);
        return phi[0];
    }

    /** phi' at one point. */
    default double derivative(double h) {
        double[] derivative = new double[1];
        apply(new double[] {h}, null, derivative, 1);
        return derivative[0];
    }

    /**
     * Whether phi has derivatives of every order. Without them, at a kink, the kernels of a network that learns leave their
     * start by order gamma0 and not gamma0^2 ({@code docs/theory.md} section 5), and averages of phi'' miss what the kink adds.
     */
    default boolean isSmooth() {
        return true;
    }

    /** phi'' at one point, what Hessians of networks are made of; 0 at a kink. */
    double curvature(double h);

    /**
     * The activation of a configuration.
     *
     * @param name linear, relu, tanh, erf or softplus
     * @param beta slope of tanh and softplus, {@code > 0}
     * @throws InvalidInputException for an unknown name or a slope that is not positive
     */
    static Activation of(String name, double beta) {
        InvalidInputException.require(beta > 0 && Double.isFinite(beta), "network.beta", beta, "a number > 0");
        return switch (name) {
            case "linear" -> new Linear();
            case "relu" -> new Relu();
            case "tanh" -> new Tanh(beta);
            case "erf" -> new Erf();
            case "softplus" -> new Softplus(beta);
            default ->
                throw InvalidInputException.key("network.activation", name, "one of linear, relu, tanh, erf, softplus");
        };
    }
}

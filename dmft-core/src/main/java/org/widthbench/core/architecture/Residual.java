package org.widthbench.core.architecture;

import org.widthbench.core.InvalidInputException;

/**
 * A residual stream, {@code h^{l+1} = h^l + (beta / L^exponent) W^l phi(h^l) / sqrt(N)} with L blocks.
 *
 * @param beta scale of the branches, {@code > 0}; 0 for {@link #NONE}
 * @param exponent how it falls with depth
 */
public record Residual(double beta, double exponent) {
    /** No stream: every layer is made of the one below alone. */
    public static final Residual NONE = new Residual(0, Double.NaN);
    /** The branches of a network whose depth has a limit. */
    public static final Residual STANDARD = new Residual(1, 0.5);

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public Residual {
        boolean none = beta == 0 && Double.isNaN(exponent);
        InvalidInputException.require(
                none || (beta > 0 && Double.isFinite(beta)), "network.residual.beta", beta, "a number > 0");
        InvalidInputException.require(
                none || (exponent >= 0 && Double.isFinite(exponent)),
                "network.residual.exponent",
                exponent,
                "a number >= 0");
    }

    /** Whether there is a stream. */
    public boolean exists() {
        return beta > 0;
    }

    /** Number of hidden layers of a network of this depth: its blocks and the layer that feeds the first of them. */
    public int layers(int depth) {
        return exists() ? depth + 1 : depth;
    }

    /** What each block's branch is multiplied by; 1 without a stream. */
    public double branch(int depth) {
        return exists() ? beta / Math.pow(depth, exponent) : 1;
    }

    /** As configurations write it. */
    @Override
    public String toString() {
        return "{beta: " + beta + ", exponent: " + exponent + "}";
    }
}

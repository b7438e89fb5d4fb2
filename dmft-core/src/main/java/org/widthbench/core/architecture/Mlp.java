package org.widthbench.core.architecture;

import org.widthbench.core.Dataset;
import org.widthbench.core.weights.Realization;

/**
 * Fully connected layers, {@code docs/theory.md} section 1.
 *
 * @param residual the stream
 */
public record Mlp(Residual residual) implements Architecture {
    /** Without a stream. */
    public static final Mlp PLAIN = new Mlp(Residual.NONE);

    /** Without a stream. */
    public Mlp() {
        this(Residual.NONE);
    }

    @Override
    public String word() {
        return "mlp";
    }

    @Override
    public boolean takesImages() {
        return false;
    }

    @Override
    public int kernel() {
        return 1;
    }

    @Override
    public Architecture with(int filter, Residual stream) {
        return new Mlp(stream);
    }

    @Override
    public boolean takesBias() {
        return !residual.exists();
    }

    @Override
    public boolean takesOutputsAndStreams() {
        return true;
    }

    @Override
    public boolean hasEquations() {
        return !residual.exists();
    }

    @Override
    public Program program(Network network, Dataset data, double gamma0, Realization realization, int points) {
        return new LayeredProgram(network, data, gamma0, realization, points, l -> 1);
    }
}

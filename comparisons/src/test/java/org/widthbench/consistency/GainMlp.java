package org.widthbench.consistency;

import org.widthbench.core.Dataset;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.LayeredProgram;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.architecture.Residual;
import org.widthbench.core.weights.Realization;

/** Fully connected layers with a gain: {@code h^{l+1} = 1.5 W^l phi(h^l) / sqrt(N)}. */
public final class GainMlp implements Architecture {
    private static final double GAIN = 1.5;

    @Override
    public String word() {
        return "gain";
    }

    @Override
    public Residual residual() {
        return Residual.NONE;
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
        return this;
    }

    @Override
    public boolean takesBias() {
        return true;
    }

    @Override
    public boolean takesOutputsAndStreams() {
        return true;
    }

    @Override
    public Program program(Network network, Dataset data, double gamma0, Realization realization, int points) {
        return new LayeredProgram(network, data, gamma0, realization, points, layer -> layer == 0 ? 1 : GAIN);
    }
}

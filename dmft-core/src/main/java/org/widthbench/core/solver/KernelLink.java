package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** Kernel form: whole kernel rows and the whole history of both fields, memory {@code 2 S T n + T n^2}. */
final class KernelLink implements ConvolutionalLink {
    private final SampledProcess upper;
    private final SampledProcess lower;
    private final ConvolutionalPath forward;
    private final ConvolutionalPath backward;

    /** @param workspace {@code (n, T n)}, shared by all links */
    KernelLink(
            Backend backend,
            FilterShifts shifts,
            Trajectory trajectory,
            CausalLayer below,
            CausalLayer above,
            Matrix workspace) {
        this.upper = above.uProcess;
        this.lower = below.rProcess;
        FullHistory features = (FullHistory) below.features;
        FullHistory gradients = (FullHistory) above.gradients;
        this.forward = new ConvolutionalPath(backend, shifts, trajectory, upper, features, gradients, workspace);
        this.backward = new ConvolutionalPath(backend, shifts, trajectory, lower, gradients, features, workspace);
    }

    @Override
    public void drawForward(int step, Matrix u) {
        forward.draw(step, u);
    }

    @Override
    public void addForward(int step, Matrix response, Matrix h) {
        forward.addPast(step, lower, response, h);
    }

    @Override
    public void drawBackward(int step, Matrix r) {
        backward.draw(step, r);
    }

    @Override
    public void addBackward(int step, Matrix response, Matrix z) {
        backward.addPast(step, upper, response, z);
    }

    /** Nothing: the trajectory remembers the drive. */
    @Override
    public void learn(int step, double[] drive) {}

    /** Nothing is its own. */
    @Override
    public void close() {}
}

package org.widthbench.core.optimize;

/** What a linear optimizer leaves of the initial weights, {@code c(t)} of {@code docs/theory.md} section 3: its recursion without gradients. */
public final class InitialPart {
    private final LinearOptimizer optimizer;
    private double share = 1;
    private double velocity;

    /** All of them. */
    public InitialPart(LinearOptimizer optimizer) {
        this.optimizer = optimizer;
    }

    /** {@code c(t)}. */
    public double share() {
        return share;
    }

    /**
     * One step.
     *
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    public void step(double rate) {
        velocity = optimizer.coast(velocity, share);
        share += rate * velocity;
    }
}

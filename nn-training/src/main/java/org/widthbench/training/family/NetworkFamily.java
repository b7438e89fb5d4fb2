package org.widthbench.training.family;

/** Networks of one architecture at every width. */
@FunctionalInterface
public interface NetworkFamily {

    /**
     * The network at initialization; whoever makes it closes it.
     *
     * @param width number N of neurons or channels, at least 1
     * @param seed which network of the ensemble
     */
    TrainableNetwork create(int width, long seed);
}

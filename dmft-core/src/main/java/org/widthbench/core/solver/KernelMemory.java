package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** Kernel form: the whole history of both fields is kept, {@code O(S T Q)} memory, and summed by {@link MemorySum}. */
final class KernelMemory implements Memory {
    private final MemorySum forward;
    private final MemorySum backward;

    /**
     * @param below layer l
     * @param above layer l+1
     * @param pivotsAllowed whether sums may go through the pivots; only plain gradient descent may
     * @param rows number {@code T Q} of rows in all
     */
    KernelMemory(
            Backend backend,
            Trajectory trajectory,
            CausalLayer below,
            CausalLayer above,
            boolean pivotsAllowed,
            int rows) {
        FullHistory features = (FullHistory) below.features;
        FullHistory gradients = (FullHistory) above.gradients;
        this.forward = new MemorySum(backend, trajectory, above.uProcess, features, gradients, pivotsAllowed, rows);
        this.backward = new MemorySum(backend, trajectory, below.rProcess, gradients, features, pivotsAllowed, rows);
    }

    @Override
    public void addForward(int step, Matrix h) {
        forward.addTo(step, h);
    }

    @Override
    public void addBackward(int step, Matrix z) {
        backward.addTo(step, z);
    }

    @Override
    public void learn(int step, double[] drive) {
        forward.learn(step, drive);
        backward.learn(step, drive);
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
    }
}

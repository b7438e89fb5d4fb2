package org.widthbench.core.solver;

import org.widthbench.core.backend.Matrix;

/**
 * What training has made of the weights between layer l and layer l+1, acting on the fields of both ({@code
 * docs/theory.md} section 3, the sums over the past; 4.1 "Memory sums" for the three forms).
 */
sealed interface Memory extends AutoCloseable permits KernelMemory, PivotMemory, AccumulatorMemory {

    /**
     * {@code h^{l+1}(t) += a sum_{s<t,al} kappa(t,s) b Delta Phi^l(t,s) g^{l+1}(s)}, added to the field itself or to what
     * will act on it.
     *
     * @param response {@code (Q, k)}, about to be applied to the dual rows of {@code g^{l+1}} and added to h
     */
    void addForward(int step, Matrix response, Matrix h);

    /**
     * {@code z^l(t) += a sum_{s<t,al} kappa(t,s) b Delta G^{l+1}(t,s) phi^l(s)}, in the same way.
     *
     * @param response {@code (Q, k)}, about to be applied to the dual rows of {@code phi^l} and added to z
     */
    void addBackward(int step, Matrix response, Matrix z);

    /**
     * Takes in the gradient of one step.
     *
     * @param drive {@code a b_al Delta_al(step)}, zero on test points, length Q
     */
    void learn(int step, double[] drive);

    @Override
    void close();
}

package org.widthbench.core.solver;

import org.widthbench.core.backend.Matrix;

/**
 * What couples layer l of a CNN to layer l+1, {@code docs/theory.md} section 6: the laws of {@code u^{l+1}} and {@code r^l},
 * the responses, and what training has made of the filters. Its two forms follow the same sample path.
 */
sealed interface ConvolutionalLink extends AutoCloseable permits KernelLink, AccumulatorLink {

    /** Draws {@code u^{l+1} ~ GP(0, S(Phi^l))} at {@code step}. */
    void drawForward(int step, Matrix u);

    /**
     * {@code h^{l+1} += S(A^l) g^{l+1} + a sum_s kappa Delta S(Phi^l)(t,s) g^{l+1}(s)}, after {@link #drawForward}.
     *
     * @param response {@code A^l} in the basis of the noise of {@code r^l}, {@code (n, k)}; null for none
     */
    void addForward(int step, Matrix response, Matrix h);

    /** Draws {@code r^l ~ GP(0, S*(G^{l+1}))} at {@code step}. */
    void drawBackward(int step, Matrix r);

    /**
     * {@code z^l += S*(B^{l+1}) phi^l + a sum_s kappa Delta S*(G^{l+1})(t,s) phi^l(s)}, after {@link #drawBackward}.
     *
     * @param response {@code B^{l+1}} in the basis of the noise of {@code u^{l+1}}, {@code (n, k)};
     *     null for none
     */
    void addBackward(int step, Matrix response, Matrix z);

    /**
     * Takes in the gradient of one step.
     *
     * @param drive {@code a b Delta} on every pixel of its image, zero on test points, length n
     */
    void learn(int step, double[] drive);

    @Override
    void close();
}

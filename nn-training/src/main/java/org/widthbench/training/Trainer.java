package org.widthbench.training;

import org.widthbench.core.Progress;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/** Trains one network of finite width: a pure function of the problem and the trainer's own settings. */
public interface Trainer {

    /**
     * Looks at sizes alone, before other work begins.
     *
     * @throws org.widthbench.core.InvalidInputException with the numbers if the network or what is recorded of it cannot fit
     */
    void requireFits(Problem problem);

    /**
     * Trains and measures the order parameters at every recorded time.
     *
     * @throws org.widthbench.core.InvalidInputException if this trainer cannot train this problem; nothing was computed
     * @throws org.widthbench.core.SolverException if the training diverges
     */
    OrderParameters train(Problem problem, Progress progress);

    /** {@link #train(Problem, Progress)} without a listener. */
    default OrderParameters train(Problem problem) {
        return train(problem, Progress.NONE);
    }
}

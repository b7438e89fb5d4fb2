package org.widthbench.training;

import org.widthbench.core.InvalidInputException;

/**
 * What a {@link CnnTrainer} may do differently from {@code docs/theory.md} section 6.
 *
 * @param scaling factors in front of the convolutions
 * @param residual branch scale beta of a residual network, {@code h^{l+1} = h^l + (beta / sqrt(L)) conv(W^l, phi(h^l)) /
 *     sqrt(N k^2)}; 0 for the plain network
 * @param batches order in which minibatches come
 */
public record CnnOptions(Scaling scaling, double residual, Batches batches) {

    /** Factors in front of the convolutions. */
    public enum Scaling {
        /** {@code 1/sqrt(C k^2)} with C the channels that a layer reads: every layer's fields stay of order one. */
        MEAN_FIELD,
        /** The published notebook's: none on the first layer, {@code 1/sqrt(N)} on the others. */
        NOTEBOOK
    }

    /** Order in which minibatches come. */
    public enum Batches {
        /** {@link org.widthbench.core.problem.BatchSchedule}: every epoch a fresh shuffle. */
        RESHUFFLED_EPOCHS,
        /**
         * Reshuffled epochs of pairs of neighbours {@code (2i, 2i+1)}: where classes alternate, every batch holds as many of the one
         * as of the other, and a small one does not push all outputs to one side.
         */
        RESHUFFLED_PAIRS,
        /**
         * The published notebook's: step t sees the points {@code s, s+1, ..., s+batch-1} in file order with {@code s = t mod (P -
         * batch + 1)}, every place where a batch fits. Its own 40 places, 10 000 / 250, make P = 289.
         */
        SLIDING_BY_ONE
    }

    /** @throws InvalidInputException if the branch scale is negative or not finite */
    public CnnOptions {
        InvalidInputException.require(
                residual >= 0 && Double.isFinite(residual), "network.residual", residual, "a number >= 0");
    }

    /** The network of {@code docs/theory.md} section 6, trained on reshuffled epochs. */
    public static CnnOptions standard() {
        return new CnnOptions(Scaling.MEAN_FIELD, 0, Batches.RESHUFFLED_EPOCHS);
    }

    /** These options with another branch scale. */
    public CnnOptions withResidual(double branchScale) {
        return new CnnOptions(scaling, branchScale, batches);
    }

    /** These options with other factors. */
    public CnnOptions withScaling(Scaling other) {
        return new CnnOptions(other, residual, batches);
    }

    /** These options with another order of minibatches. */
    public CnnOptions withBatches(Batches other) {
        return new CnnOptions(scaling, residual, other);
    }
}

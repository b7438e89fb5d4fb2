package org.widthbench.core.weights;

/**
 * Weights between infinitely many neurons, of which fields hold S samples: what is initially random in them is a Gaussian process
 * on either side, what the two sides know of each other are averages over samples ({@code docs/theory.md} section 3):
 *
 * <pre>{@code forward:  h = keep h + scale [c(t) (u + A g) + learned part]      its free companion: keep + scale c(t) u}</pre>
 *
 * with the process u that the features drive, and alike backward. The response A is measured on what a field has beyond its free
 * companion, a control variate; a field without companion gets none.
 */
public interface SampledWeights extends Weights {
    /** The process u that features drive. */
    SampledProcess right();

    /** The process r that gradients drive. */
    SampledProcess left();
}

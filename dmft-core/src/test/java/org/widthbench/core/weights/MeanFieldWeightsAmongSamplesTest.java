package org.widthbench.core.weights;

/** The form that takes over where a limit leaves directions out. */
class MeanFieldWeightsAmongSamplesTest extends MeanFieldWeightsTest {
    @Override
    boolean amongSamples() {
        return true;
    }
}

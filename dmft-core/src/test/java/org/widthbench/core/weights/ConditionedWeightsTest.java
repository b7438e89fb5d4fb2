package org.widthbench.core.weights;

class ConditionedWeightsTest extends NetworkWeightsContract {
    ConditionedWeightsTest() {
        super(Holding.CONDITIONED);
    }
}

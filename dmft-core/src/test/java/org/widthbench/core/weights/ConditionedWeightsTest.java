package org.widthbench.core.weights;

class ConditionedWeightsTest extends WeightsContract {
    @Override
    Holding holding() {
        return Holding.CONDITIONED;
    }
}

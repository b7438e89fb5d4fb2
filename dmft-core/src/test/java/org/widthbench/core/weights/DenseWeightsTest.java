package org.widthbench.core.weights;

class DenseWeightsTest extends WeightsContract {
    @Override
    Holding holding() {
        return Holding.DENSE;
    }
}

package org.widthbench.core.weights;

class DenseWeightsTest extends NetworkWeightsContract {
    DenseWeightsTest() {
        super(Holding.DENSE);
    }
}

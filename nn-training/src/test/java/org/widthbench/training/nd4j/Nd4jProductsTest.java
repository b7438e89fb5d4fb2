package org.widthbench.training.nd4j;

import org.widthbench.core.backend.BackendContract;
import org.widthbench.core.backend.FieldPrecision;

/** With products as a device takes them. */
class Nd4jProductsTest extends BackendContract {
    Nd4jProductsTest() {
        super(FieldPrecision.FLOAT64, new Nd4jBackend(FieldPrecision.FLOAT64, true));
    }
}

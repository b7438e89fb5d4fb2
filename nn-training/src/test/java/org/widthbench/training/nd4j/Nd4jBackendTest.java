package org.widthbench.training.nd4j;

import org.widthbench.core.backend.BackendContract;
import org.widthbench.core.backend.FieldPrecision;

class Nd4jBackendTest extends BackendContract {
    Nd4jBackendTest() {
        super(FieldPrecision.FLOAT64, new Nd4jBackend(FieldPrecision.FLOAT64));
    }
}

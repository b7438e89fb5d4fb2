package org.widthbench.training.nd4j;

import org.widthbench.core.backend.BackendContract;
import org.widthbench.core.backend.FieldPrecision;

class Nd4jFloat32BackendTest extends BackendContract {
    Nd4jFloat32BackendTest() {
        super(FieldPrecision.FLOAT32, new Nd4jBackend(FieldPrecision.FLOAT32));
    }
}

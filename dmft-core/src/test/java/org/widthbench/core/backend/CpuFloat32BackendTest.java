package org.widthbench.core.backend;

class CpuFloat32BackendTest extends BackendContract {
    CpuFloat32BackendTest() {
        super(FieldPrecision.FLOAT32, new CpuBackend(FieldPrecision.FLOAT32));
    }
}

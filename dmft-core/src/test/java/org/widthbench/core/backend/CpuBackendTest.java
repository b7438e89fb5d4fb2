package org.widthbench.core.backend;

class CpuBackendTest extends BackendContract {
    CpuBackendTest() {
        super(FieldPrecision.FLOAT64, new CpuBackend());
    }
}

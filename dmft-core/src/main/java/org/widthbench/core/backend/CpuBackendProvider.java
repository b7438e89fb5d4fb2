package org.widthbench.core.backend;

import java.util.List;

/** {@code --device cpu}: one device, always there. */
public final class CpuBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public List<String> devices() {
        return List.of(new CpuBackend().description());
    }

    @Override
    public String obstacle() {
        return "";
    }

    @Override
    public FieldPrecision usual() {
        return FieldPrecision.FLOAT64;
    }

    @Override
    public Backend open(int device, FieldPrecision precision) {
        return new CpuBackend(precision);
    }
}

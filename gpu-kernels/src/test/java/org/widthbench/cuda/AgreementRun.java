package org.widthbench.cuda;

import java.nio.file.Path;
import org.widthbench.core.backend.FieldPrecision;

/** A process of its own for checks that may kill it: compares a library of emulated kernels with the CPU backend. */
final class AgreementRun {
    private AgreementRun() {}

    /**
     * Prints {@code agreed} at the end.
     *
     * @param args library of kernels, largest size
     */
    public static void main(String[] args) {
        Path kernels = Path.of(args[0]);
        try (EmulatedDevice device =
                new EmulatedDevice(kernels, FieldPrecision.FLOAT64, EmulatedDevice.Order.FORWARD)) {
            new BackendAgreement(new CudaBackend(device), FieldPrecision.FLOAT64, 0).all(Integer.parseInt(args[1]));
            System.out.println("agreed");
        }
    }
}

package org.widthbench.training;

import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.io.NativeLibraries;

/**
 * Holds the BLAS library to one thread per call. Trainers share their work out in {@link Panels}: OpenBLAS gains nothing from a
 * second thread on products with few columns (2000 x 2000 times 2000 x 10: 3.1 ms with its two threads, 3.0 with one, 1.7 as
 * panels), and where another process takes a core its threads wait for each other by spinning, up to twenty times slower. The
 * setting is the process's, and stays: {@link org.widthbench.core.backend.CpuBackend} shares its products out too, through the
 * same library, which ND4J sets to one thread per core when it starts.
 */
final class BlasThreads {
    private BlasThreads() {}

    /** Runs {@code work} with one thread per BLAS call. */
    static <T> T one(Supplier<T> work) {
        NativeLibraries.require("nd4j-native");
        Nd4j.factory().blas().setMaxThreads(1);
        return work.get();
    }
}

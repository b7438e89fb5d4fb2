package org.widthbench.training;

import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.io.NativeLibraries;

/**
 * Holds the BLAS library to one thread per call while any trainer runs. Trainers share their work out in {@link Panels}:
 * OpenBLAS gains nothing from a second thread on products with few columns (2000 x 2000 times 2000 x 10: 3.1 ms with its
 * two threads, 3.0 with one, 1.7 as panels), and where another process takes a core its threads wait for each other by
 * spinning, up to twenty times slower. The setting is the process's: BLAS calls made elsewhere meanwhile use one thread too.
 */
final class BlasThreads {
    private static int holders;
    private static int before;

    private BlasThreads() {}

    /** Runs {@code work} with one thread per BLAS call; the former number comes back when the last such work is done. */
    static <T> T one(Supplier<T> work) {
        acquire();
        try {
            return work.get();
        } finally {
            release();
        }
    }

    private static synchronized void acquire() {
        NativeLibraries.require("nd4j-native");
        if (holders++ == 0) {
            before = Nd4j.factory().blas().getMaxThreads();
            Nd4j.factory().blas().setMaxThreads(1);
        }
    }

    private static synchronized void release() {
        if (--holders == 0) {
            Nd4j.factory().blas().setMaxThreads(before);
        }
    }
}

package org.widthbench.core.measure;

import java.util.List;
import java.util.Map;
import org.apache.commons.math3.util.MathArrays;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Backend;

/**
 * A quantity that is read off the layers of a program at the recorded times, whether a network or its theory runs it. A new one is a
 * class, and a line that {@linkplain Observables registers} it, or {@link org.widthbench.core.problem.Problem#observing} to have it
 * measured of one problem.
 */
public interface Observable {
    /** The name of its array in results and files, {@code name_1, name_2, ...} where there is one per layer. */
    String name();

    /** Begins to measure. */
    Measurement measurement(Setting setting);

    /** How far its arrays of two results lie apart: {@code |a - b| / |a|} in the Frobenius norm, infinite if a alone is 0. */
    default double distance(Tensor a, Tensor b) {
        double apart = MathArrays.distance(a.data(), b.data());
        return apart == 0 ? 0 : apart / MathArrays.safeNorm(a.data());
    }

    /**
     * What there is to measure.
     *
     * @param networks side by side
     * @param times number R of recorded times
     * @param points number Q of points of each
     * @param outputs number C of outputs
     * @param pixels of a point, 1 unless it is an image
     * @param layers number L of hidden layers
     * @param samples number S' of samples of a field that are kept for its density
     * @param lossy whether coordinates leave out what a tolerance allows, so that kernels at equal times are better made of fields
     */
    record Setting(
            Backend backend,
            int networks,
            int times,
            int points,
            int outputs,
            int pixels,
            int layers,
            int samples,
            boolean lossy) {}

    /** One measurement of some networks. */
    interface Measurement extends AutoCloseable {
        /**
         * Takes points that were presented, after a backward pass of all of them.
         *
         * @param slot number of the recorded time
         * @param first row of the first of them
         * @param count how many there are
         * @param sites the layers, from the data up
         */
        void take(int slot, int first, int count, List<? extends Site> sites);

        /** Ends recorded time number {@code slot}, once all points were taken. */
        default void finish(int slot) {}

        /** What was measured, by name, of each network. */
        List<Map<String, Tensor>> arrays();

        /** Frees what it keeps. */
        @Override
        default void close() {}
    }
}

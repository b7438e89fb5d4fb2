package org.widthbench.training;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The columns of a matrix cut into panels that different threads may work on. The cut depends on the size alone, never
 * on the number of threads, so that results do not either.
 *
 * @param columns number of columns
 * @param width columns per panel, the last one may have fewer
 */
record Panels(int columns, int width) {
    /** Columns of a 2000 x 2000 weight matrix whose float32 panel is 1 MB: enough work per call, enough panels to share. */
    static final int NEURONS = 128;

    /** Fewer panels than this are not worth waking another thread for. */
    private static final int PARALLEL_FROM = 4;

    /** Panels of the usual size; one panel of everything where a device does the sharing itself. */
    static Panels of(int columns) {
        return new Panels(columns, Nd4j.getEnvironment().isCPU() ? NEURONS : columns);
    }

    int count() {
        return (columns + width - 1) / width;
    }

    int from(int panel) {
        return panel * width;
    }

    int to(int panel) {
        return Math.min(columns, from(panel) + width);
    }

    int size(int panel) {
        return to(panel) - from(panel);
    }

    /** Views of every panel of a matrix, made once because making them costs as much as a small product. */
    INDArray[] views(NativeMatrix matrix) {
        INDArray[] views = new INDArray[count()];
        for (int panel = 0; panel < views.length; panel++) {
            views[panel] = matrix.columns(from(panel), to(panel));
        }
        return views;
    }

    /** Calls {@code task} with every panel, on several threads if there are enough panels. */
    void forEach(IntConsumer task) {
        if (count() < PARALLEL_FROM) {
            IntStream.range(0, count()).forEach(task);
        } else {
            forEachParallel(task);
        }
    }

    /** Calls {@code task} with every panel, on several threads. */
    void forEachParallel(IntConsumer task) {
        IntStream.range(0, count()).parallel().forEach(task);
    }
}

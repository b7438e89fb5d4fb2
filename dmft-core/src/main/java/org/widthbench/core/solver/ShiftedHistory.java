package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.GrowingRows;

/**
 * Accumulator form of one field of a CNN: the rows of the newest time, and of the past those alone that the filter reaches
 * from a pivot, whatever the number of times. Kernel blocks are {@code S(K)}, the covariance of the process that the field
 * drives ({@code docs/theory.md} section 6); n = Q pixels rows a time.
 */
final class ShiftedHistory implements AutoCloseable {
    private static final int INITIAL_CAPACITY = 32;
    /** Where the filter leaves the image. */
    private static final int OUTSIDE = -1;

    private final Backend backend;
    private final FilterShifts shifts;
    private final int rows;
    /** {@code (n + 1, S)}; the last row stays zero and stands for pixels outside the image. */
    private final Matrix padded;

    private final Matrix current;
    private final Matrix previous;
    private final GrowingRows reached;
    /** For every pivot and filter offset d: which reached row is the pivot's pixel moved by d. */
    private final List<int[]> reach = new ArrayList<>();

    /** @param rows n */
    ShiftedHistory(Backend backend, FilterShifts shifts, int rows, int samples) {
        this.backend = backend;
        this.shifts = shifts;
        this.rows = rows;
        this.padded = backend.allocate(1, rows + 1, samples);
        this.current = padded.rows(0, rows);
        this.previous = backend.allocate(1, rows, samples);
        this.reached = new GrowingRows(backend, INITIAL_CAPACITY, samples);
    }

    /** The rows of the newest time, {@code (n, S)}. */
    Matrix current() {
        return current;
    }

    /** {@code target_{mu a} = v_{mu a+d}} of the newest time, zero where {@code a + d} lies outside. */
    void shift(int offset, Matrix target) {
        int[] neighbours = shifts.neighbours(offset);
        int pixels = shifts.pixels();
        int[] sources = new int[rows];
        for (int row = 0; row < rows; row++) {
            int neighbour = neighbours[row % pixels];
            sources[row] = neighbour < 0 ? rows : row - row % pixels + neighbour;
        }
        backend.gatherRows(padded, sources, target);
    }

    /** Takes in the rows of the next time; their {@code S(K)}. */
    ConvolutionalWeights.KernelBlock take(Matrix field) {
        double mean = 1.0 / field.columns();
        backend.copy(current, previous);
        backend.copy(field, current);
        double[] cross = reach.isEmpty()
                ? new double[0]
                : overPivots(backend.kernelBlock(mean, current, reached.filled()), reached.count());
        double[] block = shifts.average(backend.kernelBlock(mean, current, current), rows);
        double[] lag = backend.rowDot(current, previous);
        for (int row = 0; row < rows; row++) {
            lag[row] *= mean;
        }
        return new ConvolutionalWeights.KernelBlock(cross, block, shifts.averageRows(lag));
    }

    /** {@code S(K)} of the newest rows with the pivots, {@code (n, k)}, from K with the reached rows. */
    private double[] overPivots(double[] overlap, int width) {
        int pivots = reach.size();
        double[] cross = new double[rows * pivots];
        int[][] sources = sources();
        IntStream.range(0, rows).parallel().forEach(row -> {
            for (int d = 0; d < sources.length; d++) {
                int source = sources[d][row % shifts.pixels()];
                if (source != OUTSIDE) {
                    int from = (row - row % shifts.pixels() + source) * width;
                    for (int j = 0; j < pivots; j++) {
                        int place = reach.get(j)[d];
                        if (place != OUTSIDE) {
                            cross[row * pivots + j] += shifts.share() * overlap[from + place];
                        }
                    }
                }
            }
        });
        return cross;
    }

    /**
     * {@code target += scale S(A) v}, v this field at all times and A zero but for the columns of the pivots.
     *
     * @param response those columns, {@code (n, k)}
     */
    void respond(double scale, double[] response, Matrix target) {
        int pivots = response.length / rows;
        if (pivots == 0) {
            return;
        }
        int width = reached.count();
        double[] weights = new double[Math.multiplyExact(rows, width)];
        int[][] sources = sources();
        IntStream.range(0, rows).parallel().forEach(row -> {
            for (int d = 0; d < sources.length; d++) {
                int source = sources[d][row % shifts.pixels()];
                if (source != OUTSIDE) {
                    int from = (row - row % shifts.pixels() + source) * pivots;
                    for (int j = 0; j < pivots; j++) {
                        // The column that the shift by d brings to the pivot.
                        int place = reach.get(j)[sources.length - 1 - d];
                        if (place != OUTSIDE) {
                            weights[row * width + place] += shifts.share() * response[from + j];
                        }
                    }
                }
            }
        });
        try (Matrix applied = backend.allocate(1, rows, width)) {
            backend.upload(weights, applied);
            backend.gemm(scale, applied, false, reached.filled(), false, 1, target);
        }
    }

    private int[][] sources() {
        return IntStream.range(0, shifts.offsets()).mapToObj(shifts::neighbours).toArray(int[][]::new);
    }

    /** Keeps rows of the newest time that became pivots, with all pixels that the filter reaches from them. */
    void keepPivots(int... newPivots) {
        int[] placeOf = new int[rows];
        Arrays.fill(placeOf, OUTSIDE);
        int[] kept = new int[rows];
        int n = 0;
        int[][] sources = sources();
        for (int row : newPivots) {
            int pixel = row % shifts.pixels();
            int[] places = new int[sources.length];
            for (int d = 0; d < sources.length; d++) {
                int neighbour = sources[d][pixel];
                places[d] = OUTSIDE;
                if (neighbour != OUTSIDE) {
                    int source = row - pixel + neighbour;
                    if (placeOf[source] == OUTSIDE) {
                        placeOf[source] = reached.count() + n;
                        kept[n++] = source;
                    }
                    places[d] = placeOf[source];
                }
            }
            reach.add(places);
        }
        if (n > 0) {
            backend.gatherRows(current, Arrays.copyOf(kept, n), reached.append(n));
        }
    }

    @Override
    public void close() {
        padded.close();
        previous.close();
        reached.close();
    }
}

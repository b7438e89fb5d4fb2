package org.widthbench.core.solver;

import java.util.stream.IntStream;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.problem.Problem;

/**
 * What a {@code k x k} SAME filter does to the kernels of the fields it reads, {@code docs/theory.md} section 6:
 *
 * <pre>S(K)_{mu a, alpha b} = k^-2 sum_d K_{mu a+d, alpha b+d}</pre>
 *
 * over the offsets d of the filter, zero outside the image. k is odd, so the offsets come in pairs {@code +-d} and {@code
 * S* = S}. Rows of a field at one time are {@code (mu, a)}, pixels a row by row; kernels over several times have one block
 * of columns per time. Row-major host arrays.
 *
 * @param height rows of pixels
 * @param width columns of pixels
 * @param kernel k, odd
 */
record FilterShifts(int height, int width, int kernel) {
    /** Of a fully connected network: images of one pixel. */
    static final FilterShifts NONE = new FilterShifts(1, 1, 1);

    /** Those of a problem's network. */
    static FilterShifts of(Problem problem) {
        Architecture architecture = problem.network().architecture();
        Tensor inputs = problem.dataset().inputs();
        return architecture.takesImages()
                ? new FilterShifts(inputs.size(1), inputs.size(2), architecture.kernel())
                : NONE;
    }

    /** Pixels of one image. */
    int pixels() {
        return height * width;
    }

    private int reach() {
        return kernel / 2;
    }

    /** {@code k^-2}, the share of one offset. */
    double share() {
        return 1.0 / offsets();
    }

    /** Number {@code k^2} of offsets, numbered row by row. */
    int offsets() {
        return kernel * kernel;
    }

    /** The number of the offset {@code -d}. */
    int opposite(int offset) {
        return offsets() - 1 - offset;
    }

    /** Whether an offset takes any pixel of an image to another. */
    boolean reaches(int offset) {
        return Math.abs(offset / kernel - reach()) < height && Math.abs(offset % kernel - reach()) < width;
    }

    /** The pixel {@code a + d} for every pixel a, -1 where it lies outside the image. */
    int[] neighbours(int offset) {
        int dy = offset / kernel - reach();
        int dx = offset % kernel - reach();
        int[] pixels = new int[pixels()];
        for (int a = 0; a < pixels.length; a++) {
            pixels[a] = inside(a / width + dy, a % width + dx) ? a + dy * width + dx : -1;
        }
        return pixels;
    }

    /** {@code k^-2 sum_d x_{mu a+d}} of one value per row. */
    double[] averageRows(double[] x) {
        double[] averaged = new double[x.length];
        for (int d = 0; d < offsets(); d++) {
            int[] neighbours = neighbours(d);
            for (int row = 0; row < x.length; row++) {
                int neighbour = neighbours[row % pixels()];
                averaged[row] += neighbour < 0 ? 0 : share() * x[row - row % pixels() + neighbour];
            }
        }
        return averaged;
    }

    /**
     * {@code S(K)} of some rows of a kernel.
     *
     * @param rows K, whole images of rows, {@code (n, columns)}
     * @param columns whole images of columns
     * @return {@code (n, columns)}
     */
    double[] average(double[] rows, int columns) {
        double[] averaged = new double[rows.length];
        IntStream.range(0, rows.length / columns).parallel().forEach(row -> averageRow(rows, columns, row, averaged));
        return averaged;
    }

    private void averageRow(double[] rows, int columns, int row, double[] averaged) {
        int y = row % pixels() / width;
        int x = row % width;
        for (int dy = Math.max(-reach(), -y); dy <= Math.min(reach(), height - 1 - y); dy++) {
            for (int dx = Math.max(-reach(), -x); dx <= Math.min(reach(), width - 1 - x); dx++) {
                int source = (row + dy * width + dx) * columns;
                addShiftedRow(rows, source, averaged, row * columns, columns, dy, dx);
            }
        }
        for (int i = row * columns; i < (row + 1) * columns; i++) {
            averaged[i] *= share();
        }
    }

    /** {@code to_b += from_{b+d}} for the columns of every image. */
    private void addShiftedRow(double[] from, int fromAt, double[] to, int toAt, int columns, int dy, int dx) {
        int firstY = Math.max(0, -dy);
        int lastY = Math.min(height, height - dy);
        int firstX = Math.max(0, -dx);
        int lastX = Math.min(width, width - dx);
        int shift = dy * width + dx;
        for (int image = 0; image < columns; image += pixels()) {
            for (int y = firstY; y < lastY; y++) {
                int line = image + y * width;
                for (int b = line + firstX; b < line + lastX; b++) {
                    to[toAt + b] += from[fromAt + b + shift];
                }
            }
        }
    }

    /**
     * Adds {@code scale S(A)} for a matrix A that is zero outside some columns.
     *
     * @param entries those columns of A, {@code (n, places.length)}, whole images of rows
     * @param places which columns they are
     * @param target receives {@code (n, columns)}
     */
    void addAverage(double scale, double[] entries, int[] places, double[] target, int columns) {
        int k = places.length;
        if (k == 0) {
            return;
        }
        IntStream.range(0, entries.length / k).parallel().forEach(row -> {
            int y = row % pixels() / width;
            int x = row % width;
            for (int dy = Math.max(-reach(), -y); dy <= Math.min(reach(), height - 1 - y); dy++) {
                for (int dx = Math.max(-reach(), -x); dx <= Math.min(reach(), width - 1 - x); dx++) {
                    int shift = dy * width + dx;
                    int source = (row + shift) * k;
                    for (int j = 0; j < k; j++) {
                        int c = places[j];
                        if (inside(c % pixels() / width - dy, c % width - dx)) {
                            target[row * columns + c - shift] += scale * share() * entries[source + j];
                        }
                    }
                }
            }
        });
    }

    private boolean inside(int y, int x) {
        return y >= 0 && y < height && x >= 0 && x < width;
    }

    /**
     * {@code K^x_{mu a, alpha b} = (1/(C k^2)) sum_d x_{mu a+d} . x_{alpha b+d}}.
     *
     * @param images x, {@code (Q, height, width, C)}
     * @return {@code (n, n)}, {@code n = Q pixels}
     */
    double[] inputKernel(Tensor images) {
        int colours = images.size(3);
        int n = images.data().length / colours;
        double[] gram = new double[Math.multiplyExact(n, n)];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                gram[i * n + j] = Dense.dot(images.data(), i * colours, images.data(), j * colours, colours) / colours;
            }
        }
        return average(gram, n);
    }
}

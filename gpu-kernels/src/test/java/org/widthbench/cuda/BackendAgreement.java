package org.widthbench.cuda;

import java.util.Arrays;
import java.util.Random;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.Matrix;

/**
 * Runs every operation on a backend and on {@link CpuBackend} and compares. Operands are blocks within larger matrices,
 * which are compared as a whole: what lies beside a block must not change.
 */
final class BackendAgreement {
    /** One, two, a warp and its neighbours, a block and one, more than a block. */
    static final int[] SIZES = {1, 2, 31, 32, 33, 257, 1000};

    static final int BATCH = 2;

    private final Backend tested;
    private final Backend reference = new CpuBackend();
    private final FieldPrecision precision;
    private final int margin;
    private final Random random = new Random(7);
    private double worst;

    /** @param margin rows and columns around every block; 0 puts blocks flush with the end of their memory */
    BackendAgreement(Backend tested, FieldPrecision precision, int margin) {
        this.tested = tested;
        this.precision = precision;
        this.margin = margin;
    }

    /** Uniform in (-1, 1), exact in the format of the fields. */
    private double[] numbers(int count) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> {
            double x = random.nextDouble(-1, 1);
            return precision == FieldPrecision.FLOAT32 ? (float) x : x;
        });
        return numbers;
    }

    /** The largest error seen, in units of what was allowed. */
    double worst() {
        return worst;
    }

    /** The same block on both backends. */
    private final class Pair implements AutoCloseable {
        final Matrix whole;
        final Matrix wholeReference;
        final Matrix block;
        final Matrix blockReference;

        Pair(int rows, int columns) {
            whole = tested.allocate(BATCH, rows + margin, columns + 2 * margin);
            wholeReference = reference.allocate(BATCH, rows + margin, columns + 2 * margin);
            block = whole.block(margin, rows, margin, columns);
            blockReference = wholeReference.block(margin, rows, margin, columns);
            set(numbers(BATCH * (rows + margin) * (columns + 2 * margin)));
        }

        void set(double[] values) {
            tested.upload(values, whole);
            reference.upload(values, wholeReference);
        }

        /** @param tolerance largest error, absolute for values of order one, in units of the format's rounding */
        void compare(String what, double tolerance) {
            int entries = BATCH * whole.rows() * whole.columns();
            double[] actual = new double[entries];
            double[] expected = new double[entries];
            tested.download(whole, actual);
            reference.download(wholeReference, expected);
            BackendAgreement.this.compare(what + " of " + block, actual, expected, tolerance);
        }

        @Override
        public void close() {
            whole.close();
            wholeReference.close();
        }
    }

    private void compare(String what, double[] actual, double[] expected, double roundings) {
        double unit = precision == FieldPrecision.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
        for (int i = 0; i < expected.length; i++) {
            double reference = precision == FieldPrecision.FLOAT32 ? (float) expected[i] : expected[i];
            double error = Math.abs(actual[i] - reference) / Math.max(1, Math.abs(reference));
            if (!(error <= roundings * unit)) {
                throw new AssertionError(what + ": entry " + i + " is " + actual[i] + ", not " + expected[i]);
            }
            worst = Math.max(worst, roundings == 0 ? 0 : error / (roundings * unit));
        }
    }

    /** Everything, over all pairs of sizes up to a largest one. */
    void all(int largest) {
        int[] sizes = Arrays.stream(SIZES).filter(size -> size <= largest).toArray();
        for (int rows : sizes) {
            for (int columns : sizes) {
                // The largest sizes meet the smallest ones, and each other once.
                if (rows * columns <= 8 * largest || rows * columns == 31 * largest) {
                    elementwise(rows, columns);
                    noise(rows, columns);
                    rowSums(rows, columns);
                    if (rows <= 33) {
                        kernels(rows, columns);
                        solve(rows, columns);
                    }
                }
            }
        }
        kernels(Math.min(largest, 257), 33);
        solve(Math.min(largest, 257), 31);
        for (int i = 0; i < sizes.length; i++) {
            products(sizes[i], sizes[(i + 2) % sizes.length], sizes[(i + 4) % sizes.length]);
        }
        activations();
    }

    void elementwise(int rows, int columns) {
        try (Pair x = new Pair(rows, columns);
                Pair y = new Pair(rows, columns);
                Pair out = new Pair(rows, columns)) {
            for (double beta : new double[] {0, -0.5}) {
                tested.add(1.5, x.block, beta, out.block);
                reference.add(1.5, x.blockReference, beta, out.blockReference);
                out.compare("add", 4);
                tested.multiply(1.5, x.block, y.block, beta, out.block);
                reference.multiply(1.5, x.blockReference, y.blockReference, beta, out.blockReference);
                out.compare("multiply", 4);
            }
            double[] scale = numbers(BATCH * rows);
            tested.scaleRows(scale, x.block, out.block);
            reference.scaleRows(scale, x.blockReference, out.blockReference);
            out.compare("scaleRows", 2);
            tested.copy(y.block, out.block);
            reference.copy(y.blockReference, out.blockReference);
            out.compare("copy", 0);
            int[] order = random.ints(rows, 0, rows).toArray();
            tested.gatherRows(x.block, order, out.block);
            reference.gatherRows(x.blockReference, order, out.blockReference);
            out.compare("gatherRows", 0);
            tested.multiply(1, x.block, x.block, 0, y.block);
            reference.multiply(1, x.blockReference, x.blockReference, 0, y.blockReference);
            tested.addQuotient(0.5, x.block, 1, y.block, out.block);
            reference.addQuotient(0.5, x.blockReference, 1, y.blockReference, out.blockReference);
            out.compare("addQuotient", 8);
            tested.activate(Activation.of("tanh", 0.8), x.block, out.block, y.block);
            reference.activate(Activation.of("tanh", 0.8), x.blockReference, out.blockReference, y.blockReference);
            out.compare("tanh", 8);
            y.compare("slope of tanh", 8);
            tested.zero(out.block);
            reference.zero(out.blockReference);
            out.compare("zero", 0);
            double[] values = numbers(BATCH * rows * columns);
            tested.upload(values, out.block);
            reference.upload(values, out.blockReference);
            out.compare("upload", 0);
            double[] back = new double[values.length];
            tested.download(out.block, back);
            compare("download", back, values, 0);
        }
    }

    /** Every activation, over arguments from deep in one tail to deep in the other, zero and NaN included. */
    void activations() {
        double[] arguments = {0, -0.0, 1e-8, -1e-8, 0.09, 0.11, -0.4, 1, -1, 2.5, -3, 6, -6, 30, -30, 700, -700};
        int n = arguments.length;
        double[] tiled = new double[BATCH * n];
        for (int i = 0; i < tiled.length; i++) {
            tiled[i] = arguments[i % n];
        }
        for (String name : new String[] {"linear", "relu", "tanh", "erf", "softplus"}) {
            for (double beta : new double[] {1, 0.8}) {
                Activation activation = Activation.of(name, beta);
                try (Matrix h = tested.allocate(BATCH, 1, n);
                        Matrix value = tested.allocate(BATCH, 1, n);
                        Matrix slope = tested.allocate(BATCH, 1, n)) {
                    tested.upload(tiled, h);
                    tested.activate(activation, h, value, slope);
                    // Only one of the outputs, and in place.
                    double[] slopes = new double[BATCH * n];
                    tested.download(slope, slopes);
                    double[] values = new double[BATCH * n];
                    tested.download(value, values);
                    double[] rounded = new double[BATCH * n];
                    tested.download(h, rounded);
                    double[] expected = new double[BATCH * n];
                    double[] expectedSlopes = new double[BATCH * n];
                    activation.apply(rounded, expected, expectedSlopes, BATCH * n);
                    compare(name, values, expected, 8);
                    compare("slope of " + name, slopes, expectedSlopes, 16);
                    tested.activate(activation, h, null, slope);
                    tested.activate(activation, h, h, null);
                    tested.download(slope, slopes);
                    tested.download(h, values);
                    compare(name + " in place", values, expected, 8);
                    compare("slope alone of " + name, slopes, expectedSlopes, 16);
                    Arrays.fill(rounded, Double.NaN);
                    tested.upload(rounded, h);
                    tested.activate(activation, h, value, null);
                    tested.download(value, values);
                    if (!Double.isNaN(values[0])) {
                        throw new AssertionError(name + " of NaN is " + values[0]);
                    }
                }
            }
        }
    }

    /** Noise is defined to the last bit. */
    void noise(int rows, int columns) {
        long[] seeds = {42, -7};
        try (Pair out = new Pair(rows, columns)) {
            for (long first : new long[] {1, (1L << 33) + 2}) {
                tested.normal(seeds, 5, first, out.block);
                reference.normal(seeds, 5, first, out.blockReference);
                out.compare("normal", 0);
                double[] scale = numbers(BATCH * rows);
                scale[0] = 0;
                tested.addCoarseNoise(scale, seeds, 6, first, out.block);
                reference.addCoarseNoise(scale, seeds, 6, first, out.blockReference);
                out.compare("addCoarseNoise", precision == FieldPrecision.FLOAT32 ? 1 : 0);
            }
        }
    }

    void rowSums(int rows, int columns) {
        try (Pair x = new Pair(rows, columns);
                Pair y = new Pair(rows, columns)) {
            compare(
                    "rowDot of " + x.block,
                    tested.rowDot(x.block, y.block),
                    reference.rowDot(x.blockReference, y.blockReference),
                    roundings(columns));
        }
    }

    void kernels(int rows, int columns) {
        try (Pair x = new Pair(rows, columns);
                Pair y = new Pair((rows + 1) / 2, columns)) {
            compare(
                    "kernelBlock of " + x.block,
                    tested.kernelBlock(1.0 / columns, x.block, y.block),
                    reference.kernelBlock(1.0 / columns, x.blockReference, y.blockReference),
                    roundings(columns));
            compare(
                    "gram of " + x.block,
                    tested.kernelBlock(1.0 / columns, x.block, x.block),
                    reference.kernelBlock(1.0 / columns, x.blockReference, x.blockReference),
                    roundings(columns));
        }
    }

    /** What a sum of {@code terms} numbers of order one may be off, in roundings: errors add up like a random walk. */
    private static double roundings(int terms) {
        return 4 * Math.sqrt(terms) + 4;
    }

    void products(int m, int n, int k) {
        for (boolean transposeA : new boolean[] {false, true}) {
            for (boolean transposeB : new boolean[] {false, true}) {
                try (Pair a = transposeA ? new Pair(k, m) : new Pair(m, k);
                        Pair b = transposeB ? new Pair(n, k) : new Pair(k, n);
                        Pair c = new Pair(m, n)) {
                    for (double beta : new double[] {0, 0.5}) {
                        double alpha = 1 / Math.sqrt(k);
                        tested.gemm(alpha, a.block, transposeA, b.block, transposeB, beta, c.block);
                        reference.gemm(
                                alpha,
                                a.blockReference,
                                transposeA,
                                b.blockReference,
                                transposeB,
                                beta,
                                c.blockReference);
                        c.compare("gemm " + transposeA + " " + transposeB + " inner " + k, roundings(k));
                    }
                }
            }
        }
    }

    void solve(int n, int columns) {
        try (Pair b = new Pair(n, columns)) {
            // Well conditioned, with nonsense above the diagonal that must not be read.
            double[] triangle = new double[BATCH * n * n];
            for (int i = 0; i < BATCH * n; i++) {
                for (int j = 0; j < n; j++) {
                    triangle[i * n + j] = j > i % n ? Double.NaN : j == i % n ? 2 : random.nextDouble(-1, 1) / n;
                }
            }
            tested.solveLower(triangle, b.block);
            reference.solveLower(triangle, b.blockReference);
            b.compare("solveLower", 16);
        }
    }
}

package org.widthbench.training;

/**
 * Work arrays of the calling thread, kept between calls: a fresh array per task costs more (5 ns an entry, for memory that
 * is never in cache) than most of what is done with it. Contents are undefined; whoever takes an array must be done with
 * it before anything else on the same thread takes the same one.
 */
final class Scratch {
    /** What is being computed. */
    static final Scratch VALUE = new Scratch();
    /** What goes into it. */
    static final Scratch OTHER = new Scratch();
    /** One column of a block. */
    static final Scratch COLUMN = new Scratch();

    private final ThreadLocal<double[]> array = ThreadLocal.withInitial(() -> new double[0]);

    private Scratch() {}

    /** An array of at least {@code n} entries. */
    double[] of(int n) {
        double[] kept = array.get();
        if (kept.length < n) {
            kept = new double[n];
            array.set(kept);
        }
        return kept;
    }
}

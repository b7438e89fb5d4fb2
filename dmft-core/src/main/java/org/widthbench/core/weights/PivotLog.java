package org.widthbench.core.weights;

import java.util.ArrayList;
import java.util.List;

/** Which rows of every block of fields became directions: recorded by one run, followed by others that differ little from it. */
final class PivotLog {
    private final List<int[]> choices = new ArrayList<>();
    private int next;
    private boolean recorded;

    /** Ends the recording, and goes back to the first block. */
    void rewind() {
        recorded = true;
        next = 0;
    }

    boolean isRecorded() {
        return recorded;
    }

    void add(int... rows) {
        choices.add(rows.clone());
    }

    int[] next() {
        return choices.get(next++);
    }
}

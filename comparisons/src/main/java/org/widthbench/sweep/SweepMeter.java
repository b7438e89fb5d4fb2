package org.widthbench.sweep;

import java.util.stream.IntStream;
import org.widthbench.core.Progress;

/**
 * Progress in units of cost, of many networks at once: one of 2000 neurons takes many times longer than one of 2. The steps
 * of all threads reach the listener one at a time.
 */
public final class SweepMeter {
    /** Rough cost of a network, in milliseconds of a two-core machine: fixed, per neuron, per weight. */
    private static final double[] COST = {150, 0.12, 3e-4};

    private final Progress progress;
    private final double total;
    private double done;

    /** @param widths one for each network */
    public SweepMeter(IntStream widths, Progress progress) {
        this.total = widths.mapToDouble(SweepMeter::cost).sum();
        this.progress = progress;
    }

    private static double cost(int width) {
        return COST[0] + width * (COST[1] + COST[2] * width);
    }

    /** Listens to the training of one network. */
    public Progress within(int width) {
        return new Progress() {
            private double before;

            @Override
            public void step(int completed, int all) {
                double now = cost(width) * completed / all;
                add(now - before);
                before = now;
            }
        };
    }

    private synchronized void add(double cost) {
        done += cost;
        progress.step((int) Math.round(Math.min(done, total)), (int) Math.round(total));
    }
}

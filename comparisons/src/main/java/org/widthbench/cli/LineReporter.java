package org.widthbench.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Function;
import org.widthbench.core.Progress;
import org.widthbench.experiment.Reporter;

/** Progress in a log: a line when a stage ends, and now and then one while it lasts. */
record LineReporter(PrintWriter log) implements Reporter {
    /** A log wants a sign of life, not a line a second. */
    private static final double SECONDS_BETWEEN_LINES = 10;

    @Override
    public <T> T stage(String name, Function<Progress, T> work) {
        long started = System.nanoTime();
        Progress progress = new Progress() {
            private double reported;
            /** Where the first report found it: a run that goes on after a kill has most of it from earlier. */
            private int first = -1;

            private double firstSeconds;

            @Override
            public void step(int completed, int total) {
                double seconds = seconds(started);
                if (first < 0) {
                    first = completed;
                    firstSeconds = seconds;
                }
                if (completed > 0 && completed < total && seconds - reported >= SECONDS_BETWEEN_LINES) {
                    reported = seconds;
                    double left = (seconds - firstSeconds) * (total - completed) / (completed - first);
                    String time = completed == first ? "" : String.format(Locale.ROOT, ", about %.0f s left", left);
                    say(String.format(Locale.ROOT, "%s: %d%%%s", name, 100L * completed / total, time));
                }
            }
        };
        T result = work.apply(progress);
        say(String.format(Locale.ROOT, "%s: %.1f s", name, seconds(started)));
        return result;
    }

    @Override
    public void say(String line) {
        log.println(line);
        log.flush();
    }

    private static double seconds(long started) {
        return (System.nanoTime() - started) / 1e9;
    }
}

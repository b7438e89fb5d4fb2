package org.widthbench.cli;

import java.io.PrintWriter;
import java.util.function.Function;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.widthbench.core.Progress;
import org.widthbench.experiment.Reporter;

/** Progress on a terminal: one bar per stage, with the time left. */
record TerminalReporter(PrintWriter err) implements Reporter {
    /** Often enough to look alive. */
    private static final int UPDATE_MILLISECONDS = 200;

    /** Stages count different things (time steps, networks weighted by their cost), so the bar counts in percent. */
    private static final int WHOLE = 100;

    @Override
    public <T> T stage(String name, Function<Progress, T> work) {
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(WHOLE)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build()) {
            T result = work.apply((completed, total) -> bar.stepTo((long) WHOLE * completed / total));
            bar.stepTo(WHOLE);
            return result;
        }
    }

    @Override
    public void say(String line) {
        err.println(line);
        err.flush();
    }
}

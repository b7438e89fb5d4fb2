package org.widthbench.experiment;

import java.util.function.Function;
import org.widthbench.core.Progress;

/** Whom long work tells how it is going: a terminal, a log, or nobody. */
public interface Reporter {
    /** Tells nobody. */
    Reporter SILENT = new Reporter() {
        @Override
        public <T> T stage(String name, Function<Progress, T> work) {
            return work.apply(Progress.NONE);
        }

        @Override
        public void say(String line) {}
    };

    /**
     * Runs one piece of work and shows how far it has come.
     *
     * @param name a few words, such as {@code "DMFT, gamma0 = 1"}
     * @return what the work returns
     */
    <T> T stage(String name, Function<Progress, T> work);

    /** One line worth knowing that is no result. */
    void say(String line);
}

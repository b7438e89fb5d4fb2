package org.widthbench.cli;

import picocli.CommandLine.Option;

/** Whether a result that is there may go. */
final class ReplaceOption {
    @Option(
            names = "--force",
            description = "Replace a result of other settings in DIR; without it such a result is never overwritten.")
    private boolean force;

    boolean force() {
        return force;
    }
}

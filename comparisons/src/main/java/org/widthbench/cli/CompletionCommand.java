package org.widthbench.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(
        name = "completion",
        header = "Print a script that completes commands and options in bash and zsh.",
        description = "Completes widthbench, also as ./widthbench, once the shell has read the script.",
        footer = {
            "For this shell:        source <(./widthbench completion)",
            "For every bash to come:",
            "  ./widthbench completion > ~/.local/share/bash-completion/completions/widthbench"
        })
final class CompletionCommand extends Subcommand {
    @Override
    public Integer call() {
        out().print(AutoComplete.bash("widthbench", Widthbench.parser(new Widthbench())));
        return Main.OK;
    }
}

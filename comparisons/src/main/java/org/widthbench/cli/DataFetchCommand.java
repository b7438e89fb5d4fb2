package org.widthbench.cli;

import java.net.URI;
import java.nio.file.Path;
import org.widthbench.core.data.fetch.DatasetArchive;
import org.widthbench.core.data.fetch.HttpSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "fetch",
        header = "Download a data set, verify and unpack it.",
        description =
                "The official archive is downloaded, or a started download continued, checked against its published checksum and"
                        + " unpacked into DIR, which can then be given as data.dir or --data. An archive that already lies in DIR"
                        + " is used as it is, so a machine without network needs only a copy of it there.",
        footer = {"  widthbench data fetch cifar10 --dir cifar", "  widthbench reproduce fig1 --data cifar10:cifar"})
final class DataFetchCommand extends Subcommand {
    @Parameters(
            index = "0",
            paramLabel = "cifar10|mnist",
            completionCandidates = Completions.DataSets.class,
            description = "Which data set.")
    private String name;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where to (default: data/NAME).")
    private Path folder;

    @Option(
            names = "--mirror",
            paramLabel = "URL",
            description = "Folder on another server with the same files; checksums still hold.")
    private URI mirror;

    @Override
    public Integer call() {
        DatasetArchive archive = DatasetArchive.named(name);
        Path target = folder == null ? Path.of("data", name) : folder;
        URI from = mirror == null ? archive.base() : mirror;
        reporter().stage("fetch " + name, progress -> {
            archive.fetch(target, from, HttpSettings.standard(), progress);
            return null;
        });
        out().println(target);
        return Main.OK;
    }
}

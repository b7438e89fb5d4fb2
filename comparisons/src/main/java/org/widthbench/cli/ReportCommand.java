package org.widthbench.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.report.ReportPage;
import org.widthbench.runs.PageServer;
import org.widthbench.runs.RunComparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "report",
        header = "Show finished runs side by side on one page.",
        description =
                "Takes folders that reproduce, sweep, check, solve or train wrote and puts their verdicts, curves, figures and the"
                        + " differences between their configurations on one self-contained page, DIR/index.html of --out."
                        + " With --serve the page is shown to browsers on this machine, made anew at every visit.",
        footer = {
            "  widthbench report widthbench-out/fig1 sweep --out side-by-side",
            "  widthbench report sweep-* --serve --port 8017"
        })
final class ReportCommand extends Subcommand {
    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders of finished runs.")
    private List<Path> folders;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for the page (default: widthbench-out/report; with --serve, none).")
    private Path out;

    @Option(names = "--serve", description = "Serve the page on the loopback address until interrupted.")
    private boolean serve;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port to serve on; 0 takes any that is free (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public Integer call() throws InterruptedException {
        InvalidInputException.require(port >= 0 && port <= 65535, "--port", port, "a whole number from 0 to 65535");
        Path target = out != null || serve ? out : Path.of("widthbench-out", "report");
        if (target != null) {
            OutputFolder.requireUsable(target);
            for (Path folder : folders) {
                InvalidInputException.require(
                        !absolute(folder).equals(absolute(target)),
                        "--out",
                        target,
                        "another folder than that of a run, whose own page would be lost");
            }
        }
        // Read before anything is written or served, so that bad input ends the command.
        RunComparison comparison = RunComparison.of(folders);
        if (target != null) {
            Path page = target.resolve(ReportPage.FILE);
            AtomicFile.writeText(
                    page,
                    comparison.html(folders.stream()
                            .map(folder -> link(absolute(target), absolute(folder)))
                            .toList()));
            out().println(page);
        }
        if (serve) {
            serve();
        }
        return Main.OK;
    }

    private void serve() throws InterruptedException {
        List<String> links =
                IntStream.range(0, folders.size()).mapToObj(PageServer::link).toList();
        try (PageServer server =
                PageServer.start(port, () -> RunComparison.of(folders).html(links), folders)) {
            out().println(server.address());
            out().flush();
            new CountDownLatch(1).await();
        }
    }

    private static Path absolute(Path folder) {
        return folder.toAbsolutePath().normalize();
    }

    /** The relative address of a folder, from a page in another. */
    static String link(Path from, Path to) {
        return StreamSupport.stream(from.relativize(to).spliterator(), false)
                .map(part -> URLEncoder.encode(part.toString(), StandardCharsets.UTF_8)
                        .replace("+", "%20"))
                .collect(Collectors.joining("/", "", "/"));
    }
}

package org.widthbench.runs;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.widthbench.core.InvalidInputException;
import org.widthbench.report.ReportPage;

/**
 * Serves a page and the files of run folders to browsers on this machine. It listens on the loopback address alone, answers
 * requests that name it as this machine alone (so that no web page elsewhere can have a browser read from it), and gives out
 * files that lie directly in the folders, never a link or anything that is no plain file. Requests are answered side by side, at
 * most {@value #THREADS} at a time; one that is not sent whole within {@value #REQUEST_SECONDS} seconds is given up.
 */
public final class PageServer implements AutoCloseable {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "pdf", "application/pdf",
            "csv", "text/csv; charset=utf-8",
            "json", "application/json",
            "npz", "application/zip",
            "xml", "application/xml");

    private static final int THREADS = 32;
    private static final int REQUEST_SECONDS = 10;
    /** Enough for a file of gigabytes on this machine. */
    private static final int RESPONSE_SECONDS = 600;

    private static final int BUFFER_BYTES = 1 << 16;
    /** Of pictures opened by themselves: they show, and nothing in them runs. */
    private static final String PICTURE_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

    static {
        // Read once, by the first server of the process; seconds.
        System.setProperty("sun.net.httpserver.maxReqTime", String.valueOf(REQUEST_SECONDS));
        System.setProperty("sun.net.httpserver.maxRspTime", String.valueOf(RESPONSE_SECONDS));
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Supplier<String> page;
    private final List<Path> folders;

    private PageServer(HttpServer server, Supplier<String> page, List<Path> folders) {
        this.server = server;
        this.page = page;
        this.folders = List.copyOf(folders);
    }

    /** Address of a run's folder as seen from the page. */
    public static String link(int run) {
        return "run/" + (run + 1) + "/";
    }

    /**
     * Begins to serve.
     *
     * @param port 0 for any that is free
     * @param page made anew for every visit
     * @param folders whose files are served under {@link #link}
     * @throws InvalidInputException if the port is taken
     */
    public static PageServer start(int port, Supplier<String> page, List<Path> folders) {
        try {
            HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            PageServer server = new PageServer(http, page, folders);
            http.createContext("/", server::answer);
            http.setExecutor(server.threads);
            http.start();
            return server;
        } catch (BindException e) {
            throw new InvalidInputException("--serve: port " + port + " is taken; choose another, or 0 for any", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What to open in a browser. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!isThisMachine(exchange.getRequestHeaders().getFirst("Host"))) {
                send(exchange, 403, "text/plain; charset=utf-8", text("this server answers to localhost alone\n"));
            } else if (!"GET".equals(method) && !"HEAD".equals(method)) {
                send(exchange, 405, "text/plain; charset=utf-8", text("only GET\n"));
            } else {
                content(exchange);
            }
        }
    }

    private void content(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if ("/".equals(path)) {
            try {
                send(exchange, 200, TYPES.get("html"), text(page.get()));
            } catch (InvalidInputException e) {
                // A run that is being written while the page is asked for.
                send(exchange, 503, "text/plain; charset=utf-8", text(e.getMessage() + "\n"));
            }
            return;
        }
        Optional<Path> file = file(path);
        if (file.isEmpty()) {
            send(exchange, 404, "text/plain; charset=utf-8", text("there is no such file\n"));
            return;
        }
        String name = file.get().getFileName().toString();
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
        // A link that took the file's place since is not followed.
        try (FileChannel channel = FileChannel.open(file.get(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            send(exchange, 200, type, channel.size(), Channels.newInputStream(channel));
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        send(exchange, status, type, body.length, new ByteArrayInputStream(body));
    }

    /** Sends the first {@code length} bytes of a stream, however many there are. */
    private static void send(HttpExchange exchange, int status, String type, long length, InputStream body)
            throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Cache-Control", "no-store");
        headers.set("Referrer-Policy", "no-referrer");
        if (type.startsWith("text/html")) {
            headers.set("Content-Security-Policy", ReportPage.policy() + "; frame-ancestors 'none'");
        } else if (type.contains("xml")) {
            headers.set("Content-Security-Policy", PICTURE_POLICY);
        }
        if ("HEAD".equals(exchange.getRequestMethod())) {
            headers.set("Content-Length", String.valueOf(length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = length; left > 0; ) {
            int read = body.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
            if (read == 0) {
                // Closing early tells the reader that the rest is missing.
                throw new EOFException("the file became shorter while it was sent");
            }
            exchange.getResponseBody().write(buffer, 0, read);
            left -= read;
        }
    }

    private static boolean isThisMachine(String host) {
        return host != null && host.matches("(?i)(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d+)?");
    }

    // /run/2/fig1.png: no other depth, no links, nothing hidden.
    private Optional<Path> file(String path) {
        String[] parts = path.split("/", -1);
        if (parts.length != 4 || !"run".equals(parts[1]) || !parts[2].matches("[1-9]\\d{0,3}")) {
            return Optional.empty();
        }
        int run = Integer.parseInt(parts[2]) - 1;
        String name = parts[3].isEmpty() ? "index.html" : parts[3];
        if (run >= folders.size() || name.startsWith(".") || name.contains("\\") || name.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        Path file = folders.get(run).resolve(name);
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(file) : Optional.empty();
    }
}

package org.widthbench.runs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.widthbench.core.InvalidInputException;

/**
 * Serves a page and the files of run folders to browsers on this machine. It listens on the loopback address alone, answers
 * requests that name it as this machine alone (so that no web page elsewhere can have a browser read from it), and gives out
 * files that lie directly in the folders.
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

    private final HttpServer server;
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
        send(exchange, 200, type, Files.readAllBytes(file.get()));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        boolean head = "HEAD".equals(exchange.getRequestMethod());
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
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

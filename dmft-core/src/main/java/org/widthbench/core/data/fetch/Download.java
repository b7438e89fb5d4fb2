package org.widthbench.core.data.fetch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Flow;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.io.IoFailure;

/**
 * One file over HTTP. Bytes gather in {@code .NAME.part} beside the target; an attempt that breaks off is followed, after
 * a pause, by one that asks for the rest, and so is a run that was killed. The whole is renamed to its name only with the
 * right checksum; with a wrong one nothing is kept.
 */
final class Download {
    private static final int MAX_REDIRECTS = 5;
    // Six times the larger archive: a server that never stops must not fill the disk.
    private static final long MAX_BYTES = 1L << 30;

    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_SERVER_ERROR = 500;

    private final URI address;
    private final Path target;
    private final String sha256;
    private final HttpSettings settings;
    private final Progress progress;
    private final HttpClient client;

    Download(URI address, Path target, String sha256, HttpSettings settings, Progress progress) {
        this.address = address;
        this.target = target;
        this.sha256 = sha256;
        this.settings = settings;
        this.progress = progress;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .build();
    }

    /**
     * Downloads to the target, replacing what is there.
     *
     * @throws InvalidInputException naming the address and the reason if the file cannot be had
     * @throws IOException if the folder cannot be written
     */
    void run() throws IOException {
        Path part = target.resolveSibling("." + target.getFileName() + ".part");
        boolean verified = false;
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            boolean leftOver = channel.size() > 0;
            transferInAttempts(channel);
            if (leftOver && !Checksum.matches(part, sha256)) {
                // What an earlier run left behind may itself be at fault: once more from the start.
                channel.truncate(0);
                transferInAttempts(channel);
            }
            channel.force(true);
            verified = lock.isValid() && Checksum.matches(part, sha256);
        }
        if (!verified) {
            String found = Checksum.of(part);
            Files.delete(part);
            throw refused("has SHA-256 " + found + " instead of " + sha256 + "; nothing was kept");
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private FileLock lock(FileChannel channel) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw refused("is being fetched by another process into "
                    + target.toAbsolutePath().getParent());
        }
        return lock;
    }

    private InvalidInputException refused(String reason) {
        return new InvalidInputException("data fetch: " + address + " " + reason);
    }

    private void transferInAttempts(FileChannel channel) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                transfer(channel);
                return;
            } catch (TransferException e) {
                if (attempt == settings.attempts()) {
                    throw new InvalidInputException(
                            "data fetch: " + address + " cannot be had after " + attempt + " attempts: "
                                    + e.getMessage() + "; run the command again to go on where it stopped",
                            e);
                }
                pause(settings.delayAfter(attempt).toMillis());
            }
        }
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private InvalidInputException interrupted() {
        Thread.currentThread().interrupt();
        return refused("was interrupted");
    }

    private void transfer(FileChannel channel) throws IOException, TransferException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = answer(channel.size());
        TimedBody body = new TimedBody(settings.stallTimeout());
        response.body().subscribe(body);
        try {
            prepare(response, channel);
            long expected = channel.size()
                    + response.headers().firstValueAsLong("Content-Length").orElse(-channel.size());
            channel.position(channel.size());
            for (List<ByteBuffer> bytes = body.next(); bytes != null; bytes = body.next()) {
                for (ByteBuffer buffer : bytes) {
                    while (buffer.hasRemaining()) {
                        channel.write(buffer);
                    }
                }
                if (channel.position() > MAX_BYTES) {
                    channel.truncate(0);
                    throw refused("sends more than " + MAX_BYTES + " bytes");
                }
                if (expected > 0 && expected <= Integer.MAX_VALUE) {
                    progress.step((int) Math.min(channel.position(), expected), (int) expected);
                }
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            body.cancel();
        }
    }

    /** Checks the status, and drops the part received so far if the server starts anew. */
    private void prepare(HttpResponse<?> response, FileChannel channel) throws IOException, TransferException {
        int status = response.statusCode();
        if (status == OK) {
            channel.truncate(0);
        } else if (status == PARTIAL) {
            String range = response.headers().firstValue("Content-Range").orElse("none");
            if (!range.startsWith("bytes " + channel.size() + "-")) {
                channel.truncate(0);
                throw new TransferException("asked for the rest, the server sent the range '" + range + "'");
            }
        } else if (status == RANGE_NOT_SATISFIABLE) {
            channel.truncate(0);
            throw new TransferException("HTTP status 416");
        } else if (status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS || status >= FIRST_SERVER_ERROR) {
            throw new TransferException("HTTP status " + status);
        } else {
            throw refused("cannot be had: HTTP status " + status);
        }
    }

    /** The first answer that is not a redirect. */
    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer(long offset) throws TransferException {
        URI at = address;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(at, offset);
            String location = response.headers().firstValue("Location").orElse(null);
            if (response.statusCode() / 100 != 3 || location == null) {
                return response;
            }
            TimedBody.discard(response.body());
            at = redirect(at, location);
        }
        throw refused("is redirected more than " + MAX_REDIRECTS + " times");
    }

    private URI redirect(URI from, String location) {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw refused("is redirected to no address");
        }
        boolean secure = "https".equalsIgnoreCase(to.getScheme());
        boolean plain = "http".equalsIgnoreCase(to.getScheme()) && "http".equalsIgnoreCase(from.getScheme());
        if (!(secure || plain) || to.getHost() == null) {
            throw refused("is redirected to " + to.getScheme() + ", which is not followed");
        }
        return to;
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(URI at, long offset) throws TransferException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at).timeout(settings.stallTimeout()).header("Accept-Encoding", "identity");
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-");
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofPublisher());
        } catch (ConnectException e) {
            throw new TransferException("no connection to " + at.getHost());
        } catch (IOException e) {
            throw new TransferException(IoFailure.reason(e));
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }
}

package org.widthbench.core.data.fetch;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.io.IoFailure;

/** Brings files into a folder: those already there with the right checksum are kept, the others downloaded. */
final class Fetch {
    private final URI base;
    private final HttpSettings settings;
    private final Progress progress;

    Fetch(URI base, HttpSettings settings, Progress progress) {
        String scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || base.getHost() == null) {
            throw InvalidInputException.key("data fetch", base, "an address that begins with https:// or http://");
        }
        this.base = base.getPath().endsWith("/") ? base : URI.create(base + "/");
        this.settings = settings;
        this.progress = progress;
    }

    /** @throws InvalidInputException naming the address or file and the reason if a file cannot be had */
    void into(Path dir, List<RemoteFile> files) {
        try {
            Files.createDirectories(dir);
            for (RemoteFile file : files) {
                Path target = dir.resolve(file.name());
                if (!Checksum.matches(target, file.sha256())) {
                    new Download(base.resolve(file.name()), target, file.sha256(), settings, progress).run();
                }
                if (file.unpack()) {
                    new TarArchive(target).extractInto(dir);
                }
            }
        } catch (IOException e) {
            throw new InvalidInputException("data fetch: " + dir + " cannot be written: " + IoFailure.reason(e), e);
        }
    }
}

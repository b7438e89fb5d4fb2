package org.widthbench.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.NativeLibraries;
import org.widthbench.core.io.PrivateFolder;

/**
 * Compiled kernels on disk, named by the hash of all that they were made from. A file starts with the hash of the rest,
 * so that a damaged one is compiled anew. A cache that cannot be written only costs time.
 */
final class KernelCache {
    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);
    private static final int HASH_BYTES = 32;

    private final Path folder;

    KernelCache(Path folder) {
        this.folder = folder;
    }

    /** The user's cache: {@code $XDG_CACHE_HOME}, or {@code .cache} in the home folder; where that is not private, one for this run alone. */
    static KernelCache ofUser() {
        try {
            return new KernelCache(PrivateFolder.open(PrivateFolder.cache().resolve("kernels")));
        } catch (IOException e) {
            LOG.debug("compiled kernels are kept for this run alone", e);
            return new KernelCache(NativeLibraries.folder().resolve("kernels"));
        }
    }

    /** The image kept under a key, if it is whole. */
    Optional<byte[]> find(String key) {
        Path file = file(key);
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            byte[] content = Files.readAllBytes(file);
            if (content.length > HASH_BYTES) {
                byte[] image = Arrays.copyOfRange(content, HASH_BYTES, content.length);
                if (Arrays.equals(hash(image), 0, HASH_BYTES, content, 0, HASH_BYTES)) {
                    return Optional.of(image);
                }
            }
            LOG.warn("{} is damaged; the kernels are compiled anew", file);
        } catch (IOException e) {
            LOG.debug("{} cannot be read", file, e);
        }
        return Optional.empty();
    }

    /** Keeps an image. */
    void put(String key, byte[] image) {
        try {
            AtomicFile.write(file(key), out -> {
                out.write(hash(image));
                out.write(image);
            });
        } catch (WidthbenchException e) {
            LOG.debug("compiled kernels are not kept: {}", e.getMessage());
        }
    }

    private Path file(String key) {
        return folder.resolve(HexFormat.of().formatHex(hash(key.getBytes(StandardCharsets.UTF_8))) + ".bin");
    }

    private static byte[] hash(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

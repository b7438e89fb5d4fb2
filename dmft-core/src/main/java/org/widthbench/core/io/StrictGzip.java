package org.widthbench.core.io;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Gzip as {@code gzip -t} judges it: each member's CRC-32 and length are checked when its end is read, and bytes behind the
 * last member that are none of another are refused, which {@link java.util.zip.GZIPInputStream} passes over.
 */
public final class StrictGzip {
    private StrictGzip() {}

    /**
     * Unpacks while reading; the checks are done once the stream has been read to its end.
     *
     * @throws IOException if it does not begin like gzip; reading throws it where the stream is damaged
     */
    public static InputStream open(InputStream compressed) throws IOException {
        return GzipCompressorInputStream.builder()
                .setInputStream(compressed)
                .setDecompressConcatenated(true)
                .get();
    }
}

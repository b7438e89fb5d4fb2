package org.widthbench.core.data.fetch;

import java.time.Duration;

/**
 * How patient a download is.
 *
 * @param connectTimeout longest wait for a connection
 * @param stallTimeout longest wait for an answer, or for the next bytes of one
 * @param attempts how often it is tried in all, each going on where the last one stopped
 * @param firstDelay pause before the second attempt; doubles before each further one
 */
public record HttpSettings(Duration connectTimeout, Duration stallTimeout, int attempts, Duration firstDelay) {
    /** Half a minute of silence, six attempts, pauses of 1, 2, 4, 8 and 16 seconds. */
    public static HttpSettings standard() {
        return new HttpSettings(Duration.ofSeconds(20), Duration.ofSeconds(30), 6, Duration.ofSeconds(1));
    }

    /** Pause after attempt {@code attempt}, counted from 1. */
    Duration delayAfter(int attempt) {
        return firstDelay.multipliedBy(1L << Math.min(attempt - 1, 10));
    }
}

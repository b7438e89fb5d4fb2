package org.widthbench.core.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;

/** Servers that answer with errors, redirects or silence. */
class FetchTroubleTest extends LoopbackServer {
    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void passingTroubleIsWaitedOut(int status) throws IOException {
        serve((exchange, request) -> {
            if (request < 2) {
                status(exchange, status);
            } else {
                honest(exchange);
            }
        });
        fetch();
        assertFetched();
        assertThat(ranges).hasSize(3);
    }

    @Test
    void lastingTroubleIsReportedAfterTheLastAttemptAndThePartIsKept() {
        serve((exchange, request) -> {
            if (request == 0) {
                sendPart(exchange, 1000);
            } else {
                status(exchange, 503);
            }
        });
        assertRefused("after 3 attempts", "503", "run the command again");
        assertThat(ranges).hasSize(3);
        assertThat(folder.resolve(PART)).exists();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 204, 304})
    void lastingRefusalIsNotTriedAgain(int status) {
        serve((exchange, request) -> status(exchange, status));
        assertRefused("HTTP status " + status);
        assertThat(ranges).hasSize(1);
    }

    @Test
    void redirectIsFollowed() throws IOException {
        serve((exchange, request) -> {
            if (exchange.getRequestURI().getPath().startsWith("/data/")) {
                exchange.getResponseHeaders().set("Location", "/elsewhere/x");
                status(exchange, 302);
            } else {
                honest(exchange);
            }
        });
        fetch();
        assertFetched();
    }

    @Test
    void circleOfRedirectsIsLeft() {
        serve((exchange, request) -> {
            exchange.getResponseHeaders()
                    .set("Location", exchange.getRequestURI().toString());
            status(exchange, 301);
        });
        assertRefused("redirected more than 5 times");
        assertThat(ranges).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/hostname", "ftp://localhost/x", "::not an address::", "mailto:x"})
    void redirectOutOfHttpIsNotFollowed(String location) {
        serve((exchange, request) -> {
            exchange.getResponseHeaders().set("Location", location);
            status(exchange, 302);
        });
        assertRefused("is redirected to");
    }

    @Test
    void absentServerIsReported() {
        URI nobody = base();
        server.stop(0);
        assertThatThrownBy(() -> new Fetch(nobody, IMPATIENT, Progress.NONE)
                        .into(folder, List.of(new RemoteFile(NAME, "", false))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(NAME, "no connection to localhost");
    }

    @Test
    void serverThatFallsSilentIsGivenUpAndAskedForTheRest() throws IOException {
        serve((exchange, request) -> {
            if (request == 0) {
                sendPart(exchange, 50_000);
                awaitEndOfTest();
            } else if (request == 1) {
                // Not even headers.
                awaitEndOfTest();
            } else {
                honest(exchange);
            }
        });
        // Long enough for a busy machine to answer in time, with attempts to spare if it does not.
        fetch(new HttpSettings(Duration.ofSeconds(10), Duration.ofMillis(700), 9, Duration.ofMillis(1)));
        assertFetched();
        assertThat(ranges).hasSizeGreaterThanOrEqualTo(3).startsWith("null");
        assertThat(ranges.get(1)).startsWith("bytes=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///data", "no scheme", "https:x", "ftp://host/"})
    void mirrorThatIsNoWebAddressIsRefused(String address) {
        assertThatThrownBy(() -> DatasetArchive.MNIST.fetch(
                        folder, URI.create(address.replace(' ', '-')), IMPATIENT, Progress.NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("data fetch");
    }
}

package org.widthbench.core.data.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.widthbench.core.io.IoFailure;

/** The bytes of a response, with a limit on the wait for the next ones: the client's own timeout ends at the headers. */
final class TimedBody implements Flow.Subscriber<List<ByteBuffer>> {
    /** One thing heard from the server: bytes, a failure, or with neither, the end. */
    private record Signal(List<ByteBuffer> bytes, Throwable failure) {}

    private final Duration stallTimeout;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private volatile Flow.Subscription subscription;

    TimedBody(Duration stallTimeout) {
        this.stallTimeout = stallTimeout;
    }

    /** Closes the connection of a response that nobody wants. */
    static void discard(Flow.Publisher<List<ByteBuffer>> body) {
        TimedBody unwanted = new TimedBody(Duration.ZERO);
        body.subscribe(unwanted);
        unwanted.cancel();
    }

    /**
     * Waits for the next bytes.
     *
     * @return null at the end
     * @throws TransferException if the connection broke or was silent for too long
     */
    List<ByteBuffer> next() throws TransferException, InterruptedException {
        Signal signal = signals.poll(stallTimeout.toMillis(), TimeUnit.MILLISECONDS);
        if (signal == null) {
            throw new TransferException("no bytes for " + stallTimeout.toMillis() / 1000.0 + " s");
        }
        if (signal.failure() != null) {
            throw new TransferException(
                    signal.failure() instanceof IOException e
                            ? "the connection broke off: " + IoFailure.reason(e)
                            : "the connection broke off");
        }
        if (signal.bytes() != null) {
            subscription.request(1);
        }
        return signal.bytes();
    }

    void cancel() {
        Flow.Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        newSubscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        signals.add(new Signal(bytes, null));
    }

    @Override
    public void onError(Throwable failure) {
        signals.add(new Signal(null, failure));
    }

    @Override
    public void onComplete() {
        signals.add(new Signal(null, null));
    }
}

package org.widthbench.core.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.widthbench.core.SolverException;

/**
 * Runs computations side by side on one backend so that what they do at the same stage is one call: B solves then cost
 * about the launches of one. Each computation runs unchanged on a thread and a backend of its own, a lane. A lane only
 * notes what is to be done until it needs a result; when all lanes need one, the notes of those that are furthest behind
 * are {@linkplain Alignment aligned} and {@linkplain Backend#submit submitted}. What the host computes between two results
 * runs on all lanes at once.
 *
 * <p>A computation gives the same numbers as alone, to the last bit where the backend's operations do not depend on what
 * shares their call. One that fails does not disturb the others; a failure of the backend fails all.
 */
public final class Lockstep {
    /** Notes of a lane that never asks for a result; longer ones would only cost memory. */
    private static final int LONGEST = 256;

    private final Backend backend;
    private final List<Lane> live = new ArrayList<>();
    private Throwable broken;
    private long operations;
    private long calls;

    /** @param backend that computes; used by nobody else meanwhile */
    public Lockstep(Backend backend) {
        this.backend = backend;
    }

    /**
     * What became of a computation: a result, or else the reason why there is none.
     *
     * @param <T> type of the result
     */
    public record Outcome<T>(T result, RuntimeException failure) {
        /**
         * The result.
         *
         * @throws RuntimeException the failure
         */
        public T orThrow() {
            if (failure != null) {
                throw failure;
            }
            return result;
        }
    }

    /** Operations that the computations asked for. */
    public synchronized long operations() {
        return operations;
    }

    /** Calls that they were done by: {@link #operations} less what was saved. */
    public synchronized long calls() {
        return calls;
    }

    /**
     * A lane for the computation of one thread, which closes it at its end and must not rest before: the others wait for
     * it. After a failure of the backend, new lanes fail too until all are closed.
     */
    public synchronized Backend join() {
        if (live.isEmpty()) {
            broken = null;
        }
        Lane lane = new Lane(this, backend);
        live.add(lane);
        return lane;
    }

    /**
     * Runs all computations to their ends.
     *
     * @return outcomes in the order of the computations
     * @throws SolverException if the calling thread is interrupted; all computations are stopped first
     */
    public <T> List<Outcome<T>> run(List<Function<Backend, T>> computations) {
        List<LaneThread<T>> threads = new ArrayList<>();
        for (Function<Backend, T> computation : computations) {
            threads.add(new LaneThread<>(join(), computation, threads.size() + 1));
        }
        threads.forEach(Thread::start);
        boolean interrupted = false;
        for (LaneThread<T> thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    fail(new SolverException("interrupted"));
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new SolverException("interrupted");
        }
        return threads.stream().map(LaneThread::outcome).toList();
    }

    /** One computation. */
    private static final class LaneThread<T> extends Thread {
        private final Backend lane;
        private final Function<Backend, T> computation;
        private T result;
        private Throwable failure;

        LaneThread(Backend lane, Function<Backend, T> computation, int number) {
            super("widthbench-lane-" + number);
            setDaemon(true);
            this.lane = lane;
            this.computation = computation;
        }

        @Override
        public void run() {
            try (lane) {
                result = computation.apply(lane);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        Outcome<T> outcome() {
            if (failure instanceof Error e) {
                throw e;
            }
            return new Outcome<>(result, (RuntimeException) failure);
        }
    }

    /** Memory for a lane; the backend is not thread-safe. */
    synchronized Matrix allocate(int batch, int rows, int columns) {
        requireWhole();
        return backend.allocateUnset(batch, rows, columns);
    }

    /** Whether a lane should ask for its notes to be done although it needs no result. */
    static boolean isLong(int notes) {
        return notes >= LONGEST;
    }

    /** Returns when everything that the lane has noted is done. */
    synchronized void await(Lane lane) {
        lane.setWaiting(true);
        advance();
        while (lane.isWaiting() && broken == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                fail(new SolverException("interrupted"));
            }
        }
        requireWhole();
    }

    /** A computation has ended; what it noted last was for nobody. */
    synchronized void leave(Lane lane) {
        if (live.remove(lane)) {
            try {
                lane.free();
            } finally {
                advance();
            }
        }
    }

    private void requireWhole() {
        if (broken instanceof RuntimeException e) {
            throw e;
        }
        if (broken instanceof Error e) {
            throw e;
        }
    }

    private synchronized void fail(Throwable reason) {
        if (broken == null) {
            broken = reason;
        }
        notifyAll();
    }

    /** Does the notes of the lanes furthest behind, if every lane waits. */
    private void advance() {
        if (broken != null || live.isEmpty() || !live.stream().allMatch(Lane::isWaiting)) {
            return;
        }
        long stage = live.stream().mapToLong(Lane::stage).min().getAsLong();
        List<Lane> behind = live.stream().filter(lane -> lane.stage() == stage).toList();
        try {
            List<List<Operation>> groups =
                    Alignment.of(behind.stream().map(Lane::notes).toList());
            backend.submit(groups);
            calls += groups.size();
            behind.forEach(lane -> {
                operations += lane.notes().size();
                lane.done();
            });
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        notifyAll();
    }
}

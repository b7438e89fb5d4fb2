package org.widthbench.sweep;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;

/** Works through tasks on a few threads and hands the results over one by one, in the order of the tasks. */
final class TaskPool implements AutoCloseable {
    /** Results that may wait for an earlier one, per thread: each may hold a network's kernels. */
    private static final int WAITING = 2;

    private final int threads;
    private final ExecutorService executor;
    private volatile boolean stopped;

    /** @param threads tasks done at once; with one, they are done by the calling thread */
    TaskPool(int threads) {
        this.threads = threads;
        this.executor = threads == 1 ? null : Executors.newFixedThreadPool(threads);
    }

    /** Does every task. The first failure ends it, and comes out of here as the task threw it. */
    <T, R> void run(List<T> tasks, Function<T, R> work, BiConsumer<T, R> done) {
        if (executor == null) {
            for (T task : tasks) {
                done.accept(task, work.apply(task));
            }
            return;
        }
        Queue<Future<R>> running = new ArrayDeque<>();
        Iterator<T> next = tasks.iterator();
        for (T task : tasks) {
            while (next.hasNext() && running.size() < WAITING * threads) {
                T started = next.next();
                running.add(executor.submit(() -> work.apply(started)));
            }
            done.accept(task, result(running.remove()));
        }
    }

    /** Tells {@code progress} of a task's steps, and ends the task at its next one when the pool is closed early. */
    Progress within(Progress progress) {
        return (completed, total) -> {
            if (stopped) {
                throw new SolverException("stopped because another task failed");
            }
            progress.step(completed, total);
        };
    }

    @Override
    public void close() {
        stopped = true;
        if (executor == null) {
            return;
        }
        executor.shutdownNow();
        try {
            // Tasks end at their next step; one that never comes to it does not hold up the message of what failed.
            if (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <R> R result(Future<R> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SolverException("interrupted");
        }
    }
}

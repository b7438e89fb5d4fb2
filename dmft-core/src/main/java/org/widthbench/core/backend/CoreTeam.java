package org.widthbench.core.backend;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * One thread per core for work that comes in thousands of pieces of some ten microseconds: a member that has just worked
 * looks for more before it sleeps, since waking it costs as much as such a piece. Tasks are taken one by one as cores come
 * free, the caller's first, so a member that other programs keep off its core delays nobody. A caller who finds the team
 * busy does its tasks alone: several problems at once are best served by one core each.
 */
final class CoreTeam {
    /** How long a thread looks for more work, or for the end of others' work, before it sleeps. */
    private static final long PATIENCE_NANOS = 2_000_000;
    /** Looks between two readings of the clock, about a microsecond. */
    private static final int LOOKS = 32;
    /** A gap between two readings that only the loss of the core explains. */
    private static final long CORE_LOST_NANOS = 300_000;
    /** How long nobody looks after a core was lost: on a busy machine looking costs the turns that work needs. */
    private static final long CROWDED_NANOS = 100_000_000;

    private static final CoreTeam SHARED = new CoreTeam(Runtime.getRuntime().availableProcessors() - 1);

    private final Member[] members;
    private final ReentrantLock calling = new ReentrantLock();
    private volatile Job current = new Job(0, index -> {});
    private volatile long crowdedUntil = System.nanoTime();
    private final AtomicInteger rests = new AtomicInteger();

    private CoreTeam(int size) {
        members = new Member[size];
        for (int i = 0; i < size; i++) {
            members[i] = new Member(i);
        }
    }

    /** The process's team. */
    static CoreTeam shared() {
        return SHARED;
    }

    /**
     * Runs {@code work} for every index below {@code tasks}, in any order, and returns when all are done.
     *
     * @throws RuntimeException or Error that a task threw, one of them if several did
     */
    void run(int tasks, IntConsumer work) {
        if (tasks < 2 || members.length == 0 || calling.isHeldByCurrentThread() || !calling.tryLock()) {
            for (int i = 0; i < tasks; i++) {
                work.accept(i);
            }
            return;
        }
        try {
            Job job = new Job(tasks, work);
            current = job;
            for (int i = 0; i < Math.min(members.length, tasks - 1); i++) {
                members[i].wake();
            }
            job.takePart();
            job.await(this);
        } finally {
            calling.unlock();
        }
    }

    /** Sends members that look for work to sleep until there is some: threads of another library want the cores. */
    void rest() {
        rests.incrementAndGet();
    }

    /** Looks for a while whether something has happened; false if not, and at once on a crowded machine or when sent to rest. */
    private boolean look(BooleanSupplier happened) {
        int sent = rests.get();
        long now = System.nanoTime();
        long end = now + PATIENCE_NANOS;
        while (now - end < 0 && now - crowdedUntil >= 0 && rests.get() == sent) {
            for (int look = 0; look < LOOKS; look++) {
                if (happened.getAsBoolean()) {
                    return true;
                }
                Thread.onSpinWait();
            }
            long last = now;
            now = System.nanoTime();
            if (now - last > CORE_LOST_NANOS) {
                crowdedUntil = now + CROWDED_NANOS;
            }
        }
        return happened.getAsBoolean();
    }

    /** One call of {@link #run}. */
    private static final class Job {
        private final int tasks;
        private final IntConsumer work;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile Throwable failure;
        private volatile Thread waiting;

        Job(int tasks, IntConsumer work) {
            this.tasks = tasks;
            this.work = work;
        }

        void takePart() {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        work.accept(i);
                    }
                } catch (RuntimeException | Error e) {
                    failure = e;
                } finally {
                    if (done.incrementAndGet() == tasks && waiting != null) {
                        LockSupport.unpark(waiting);
                    }
                }
            }
        }

        /** Waits for the tasks that members are still at. */
        void await(CoreTeam team) {
            if (done.get() < tasks && !team.look(() -> done.get() == tasks)) {
                waiting = Thread.currentThread();
                while (done.get() < tasks) {
                    LockSupport.park(this);
                }
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        }
    }

    private final class Member implements Runnable {
        private final int index;
        private Thread thread;
        private volatile boolean asleep;

        Member(int index) {
            this.index = index;
        }

        /** Called by one caller at a time. */
        void wake() {
            if (thread == null) {
                thread = new Thread(this, "widthbench-core-" + (index + 2));
                thread.setDaemon(true);
                thread.start();
            } else if (asleep) {
                // Waking takes a while; the jobs until then need not ask again.
                asleep = false;
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void run() {
            Job seen = null;
            while (true) {
                seen = after(seen);
                seen.takePart();
            }
        }

        private Job after(Job seen) {
            while (!look(() -> current != seen)) {
                asleep = true;
                // Looked at once more after the caller can see that this thread sleeps.
                if (current == seen) {
                    LockSupport.park(this);
                }
                asleep = false;
            }
            return current;
        }
    }
}

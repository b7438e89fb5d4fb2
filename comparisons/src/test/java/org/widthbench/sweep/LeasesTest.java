package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.sweep.Leases.Outcome;
import org.widthbench.sweep.Owners.Life;

class LeasesTest {
    private static final long LEASE = 100;

    @TempDir
    private Path folder;

    private final AtomicLong clock = new AtomicLong();
    private final List<Leases> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(Leases::close);
    }

    private Leases on(String machine, long pid, long ticks) {
        Leases claims = new Leases(
                folder, new Owner("id" + open.size(), "host", machine, pid, ticks), clock::get, LEASE, "work");
        open.add(claims);
        return claims;
    }

    private Leases here() {
        Owner self = Owner.current();
        Leases claims = new Leases(folder, self, clock::get, LEASE, "work");
        open.add(claims);
        return claims;
    }

    @Test
    void oneGetsItAndAllOthersFindItTakenUntilItIsReleased() {
        Leases a = here();
        Leases b = here();
        assertThat(a.claim("task")).isEqualTo(Outcome.OURS);
        assertThat(b.claim("task")).isEqualTo(Outcome.TAKEN);
        assertThat(b.claim("task.1")).as("another name with a dot").isEqualTo(Outcome.OURS);
        a.release("task");
        assertThat(b.claim("task")).isEqualTo(Outcome.OURS);
    }

    @Test
    void ofManyThatTryAtOnceExactlyOneGetsEachTask() {
        List<Leases> workers = IntStream.range(0, 8).mapToObj(i -> here()).toList();
        for (int round = 0; round < 20; round++) {
            String name = "task-" + round;
            Set<Leases> winners = ConcurrentHashMap.newKeySet();
            workers.parallelStream()
                    .filter(worker -> worker.claim(name) == Outcome.OURS)
                    .forEach(winners::add);
            assertThat(winners).as(name).hasSize(1);
        }
    }

    @Test
    void ofManyThatFindAClaimStaleExactlyOneTakesItOver() {
        // No process has started at tick -5.
        Leases dead = on(machine(), ProcessHandle.current().pid(), -5);
        for (int round = 0; round < 20; round++) {
            String name = "task-" + round;
            assertThat(dead.claim(name)).isEqualTo(Outcome.OURS);
            Set<Leases> winners = ConcurrentHashMap.newKeySet();
            List<Leases> workers = IntStream.range(0, 6).mapToObj(i -> here()).toList();
            workers.parallelStream()
                    .filter(worker -> worker.claim(name) == Outcome.OURS)
                    .forEach(winners::add);
            assertThat(winners).as(name).hasSize(1);
            workers.forEach(Leases::close);
        }
    }

    @Test
    void anOwnerElsewhereIsGoneOnlyAfterALeaseOfSilenceSeenFromHere() {
        Leases far = on("another machine", 1, 1);
        assertThat(far.claim("task")).isEqualTo(Outcome.OURS);
        Leases near = here();
        assertThat(near.claim("task")).isEqualTo(Outcome.IN_DOUBT);
        clock.addAndGet(LEASE - 1);
        assertThat(near.claim("task")).isEqualTo(Outcome.IN_DOUBT);
        far.startWorking();
        assertThat(near.claim("task")).as("its counter moved").isEqualTo(Outcome.TAKEN);
        clock.addAndGet(LEASE - 1);
        assertThat(near.claim("task")).isEqualTo(Outcome.TAKEN);
        clock.addAndGet(1);
        assertThat(near.claim("task")).as("a lease of silence").isEqualTo(Outcome.OURS);
    }

    /** A process that SIGSTOP holds runs for the system, but raises no counter. */
    @Test
    void anOwnerHereThatIsStoppedIsGoneAfterALeaseOfSilence() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "1000").start();
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(sleeper.pid()), "stat"));
            long ticks =
                    Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
            Leases held = on(machine(), sleeper.pid(), ticks);
            assertThat(held.claim("task")).isEqualTo(Outcome.OURS);
            Leases near = here();
            assertThat(near.claim("task")).as("it runs").isEqualTo(Outcome.TAKEN);
            assertThat(new ProcessBuilder("kill", "-STOP", String.valueOf(sleeper.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            while (!Files.readString(Path.of("/proc", String.valueOf(sleeper.pid()), "stat"))
                    .contains(") T ")) {
                Thread.onSpinWait();
            }
            assertThat(near.claim("task")).as("it may go on").isEqualTo(Outcome.IN_DOUBT);
            clock.addAndGet(LEASE);
            assertThat(near.claim("task")).isEqualTo(Outcome.OURS);
        } finally {
            sleeper.destroyForcibly();
        }
    }

    /** Reading one would wait for a writer for ever. */
    @Test
    void namedPipesAmongClaimsAndOwnersAreNoneAndHangNobody() throws Exception {
        Leases near = here();
        for (String pipe : List.of("task.0", "owners/pipe")) {
            assertThat(new ProcessBuilder("mkfifo", folder.resolve(pipe).toString())
                            .start()
                            .waitFor())
                    .isZero();
        }
        assertThat(near.others().same()).isEqualTo(Life.GONE);
        assertThat(near.claim("task")).isEqualTo(Outcome.IN_DOUBT);
        clock.addAndGet(LEASE);
        assertThat(near.claim("task")).isEqualTo(Outcome.OURS);
    }

    @Test
    void datesOfFilesMeanNothing() throws IOException {
        Leases far = on("another machine", 1, 1);
        far.claim("task");
        Leases near = here();
        near.claim("task");
        for (String date : List.of("1970-01-02T00:00:00Z", "2106-01-01T00:00:00Z")) {
            try (var files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.setLastModifiedTime(file, FileTime.from(Instant.parse(date)));
                }
            }
            assertThat(near.claim("task")).as(date).isEqualTo(Outcome.IN_DOUBT);
        }
    }

    @Test
    void aClaimThatWasCutShortIsTakenOverAfterTheLease() throws IOException {
        Leases near = here();
        Files.write(folder.resolve("task.0"), new byte[0]);
        assertThat(near.claim("task")).isEqualTo(Outcome.IN_DOUBT);
        clock.addAndGet(LEASE);
        assertThat(near.claim("task")).isEqualTo(Outcome.OURS);
    }

    @Test
    void onlyOthersThatHaveStartedWorkingCount() {
        Leases first = here();
        Leases second = here();
        assertThat(second.others().same()).isEqualTo(Life.GONE);
        first.startWorking();
        assertThat(second.others().same()).isEqualTo(Life.ALIVE);
        first.close();
        assertThat(second.others().same()).isEqualTo(Life.GONE);
    }

    @Test
    void closingLeavesNoClaimBehind() throws IOException {
        Leases claims = here();
        claims.claim("a");
        claims.claim("b");
        assertThat(claims.held()).containsExactly("a.0", "b.0");
        claims.close();
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
        assertThat(claims.claim("c")).as("after the end").isEqualTo(Outcome.TAKEN);
    }

    private static String machine() {
        return Owner.current().machine();
    }
}

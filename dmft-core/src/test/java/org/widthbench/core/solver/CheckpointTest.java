package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Backends;
import org.widthbench.core.backend.Checkpoint;
import org.widthbench.core.backend.CheckpointingBackend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/** Solves that are stopped after any step and taken up again from a file give every bit of an undisturbed one. */
class CheckpointTest {
    private static final int STEPS = 9;
    private static final int SAMPLES = 96;
    private static final int DAMAGES = 40;
    private static final String IDENTITY = "this computation \u03b3";

    @TempDir
    private Path folder;

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Problem problem() {
        return new Problem(
                new GaussianSource(6, 4, 0).load(),
                Network.mlp(3, new Tanh(0.8)),
                new Training(1.5, 0.4, STEPS, 0.3, 0.01, 0, Training.Dynamics.DESCENT, null));
    }

    /** Solves, keeps a checkpoint after {@code keep} steps and dies after {@code die}. */
    private void solveAndDie(CausalSolver solver, Problem problem, int keep, int die) {
        try (Backend cpu = Backends.open("cpu")) {
            CheckpointingBackend backend = new CheckpointingBackend(cpu, null);
            AtomicInteger step = new AtomicInteger();
            Progress progress = (completed, total) -> {
                if (completed == die) {
                    throw new Killed();
                }
            };
            assertThatThrownBy(() -> solver.solve(
                            problem,
                            backend,
                            backend.checkpoints(
                                    progress,
                                    () -> step.incrementAndGet() == keep,
                                    checkpoint -> checkpoint.write(file(), IDENTITY))))
                    .isInstanceOf(Killed.class);
        }
    }

    /** Goes on from the file; tells how many steps had to be computed. */
    private int resume(CausalSolver solver, Problem problem, OrderParameters expected) {
        AtomicInteger computed = new AtomicInteger();
        try (Backend cpu = Backends.open("cpu")) {
            CheckpointingBackend backend = new CheckpointingBackend(cpu, Checkpoint.read(file(), IDENTITY));
            assertThat(backend.repeats()).isTrue();
            OrderParameters resumed = solver.solve(
                            problem,
                            backend,
                            backend.checkpoints(
                                    Progress.NONE,
                                    () -> {
                                        computed.incrementAndGet();
                                        return false;
                                    },
                                    checkpoint -> {}))
                    .results();
            assertThat(resumed).usingRecursiveComparison().isEqualTo(expected);
        }
        return computed.get();
    }

    private Path file() {
        return folder.resolve("checkpoint.npz");
    }

    private static OrderParameters undisturbed(CausalSolver solver, Problem problem) {
        try (Backend cpu = Backends.open("cpu")) {
            return solver.solve(problem, cpu, Progress.NONE).results();
        }
    }

    @ParameterizedTest
    @EnumSource(CausalSolver.Form.class)
    void aSolveStoppedAfterAnyStepGoesOnToTheSameBits(CausalSolver.Form form) {
        CausalSolver solver = new CausalSolver(SAMPLES, 5).withForm(form);
        OrderParameters expected = undisturbed(solver, problem());
        for (int keep = 1; keep < STEPS; keep++) {
            solveAndDie(solver, problem(), keep, Math.min(STEPS, keep + 2));
            // The step of the checkpoint itself counts too: it is complete when it is asked.
            assertThat(resume(solver, problem(), expected))
                    .as("steps left after %d", keep)
                    .isEqualTo(STEPS - keep + 1);
        }
    }

    @Test
    void theApproximationWithoutResponsesGoesOnToo() {
        CausalSolver solver = new CausalSolver(SAMPLES, 5).withoutResponses();
        Problem plain = new Problem(problem().dataset(), problem().network(), Training.descent(1.5, 0.4, STEPS));
        OrderParameters expected = undisturbed(solver, plain);
        solveAndDie(solver, plain, 4, 6);
        assertThat(resume(solver, plain, expected)).isEqualTo(STEPS - 4 + 1);
    }

    @Test
    void aCheckpointOfAnotherComputationIsNotTaken() {
        CausalSolver solver = new CausalSolver(SAMPLES, 5);
        solveAndDie(solver, problem(), 3, 4);
        assertThat(Checkpoint.read(file(), "another computation")).isNull();
        // Under a false flag it is found out at the first number or matrix that does not fit.
        try (Backend cpu = Backends.open("cpu")) {
            CheckpointingBackend backend = new CheckpointingBackend(cpu, Checkpoint.read(file(), IDENTITY));
            CausalSolver other = solver.withSamples(SAMPLES / 2, 5);
            assertThatThrownBy(() -> other.solve(problem(), backend, Progress.NONE))
                    .isInstanceOf(Checkpoint.MismatchException.class);
        }
    }

    @Test
    void aDamagedCheckpointIsRefused() throws IOException {
        solveAndDie(new CausalSolver(SAMPLES, 5), problem(), 3, 4);
        byte[] whole = Files.readAllBytes(file());
        Checkpoint original = Checkpoint.read(file(), IDENTITY);
        int refused = 0;
        for (int damage = 0; damage < DAMAGES; damage++) {
            byte[] bytes = whole.clone();
            int at = (int) ((long) damage * whole.length / DAMAGES);
            bytes[at] ^= 8;
            Files.write(file(), damage % 4 == 3 ? Arrays.copyOf(whole, at) : bytes);
            try {
                // The archive's own fields hold a few bits that mean nothing.
                assertThat(Checkpoint.read(file(), IDENTITY))
                        .usingRecursiveComparison()
                        .isEqualTo(original);
            } catch (InvalidInputException e) {
                refused++;
                assertThat(e.getMessage()).contains("checkpoint.npz").doesNotContain("\n");
            }
        }
        assertThat(refused).isGreaterThan(DAMAGES * 3 / 4);
    }
}

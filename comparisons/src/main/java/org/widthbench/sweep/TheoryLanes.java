package org.widthbench.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.widthbench.core.DeviceMemoryException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Lockstep;
import org.widthbench.experiment.Reporter;

/** The theories of many grid points: side by side as {@link Lockstep} lanes where the backend is better used so. */
final class TheoryLanes {
    private TheoryLanes() {}

    /** Solves the theory of one point. */
    @FunctionalInterface
    interface Solve {
        /** @throws SolverException if the solve cannot go on */
        void solve(int point, Backend backend, Reporter reporter);
    }

    /**
     * Solves the theory of every point.
     *
     * @param solve called from several threads, each with a backend of its own
     * @param failed hears of solves that cannot go on; they disturb no other
     */
    static void solve(
            int points, Backend backend, Reporter reporter, Solve solve, BiConsumer<Integer, SolverException> failed) {
        int atOnce = Math.min(backend.problemsAtOnce(), points);
        List<Integer> alone = atOnce <= 1
                ? IntStream.range(0, points).boxed().toList()
                : reporter.stage(
                        points + " theories, " + atOnce + " at a time",
                        progress -> sideBySide(points, atOnce, backend, progress, solve, failed));
        for (int point : alone) {
            try {
                solve.solve(point, backend, reporter);
            } catch (SolverException failure) {
                failed.accept(point, failure);
            }
        }
    }

    /** @return points whose theory finds no memory beside the others */
    private static List<Integer> sideBySide(
            int points,
            int atOnce,
            Backend backend,
            Progress progress,
            Solve solve,
            BiConsumer<Integer, SolverException> failed) {
        Lockstep lanes = new Lockstep(backend);
        List<Integer> alone = new ArrayList<>();
        try (TaskPool pool = new TaskPool(atOnce)) {
            pool.run(
                    IntStream.range(0, points).boxed().toList(),
                    point -> {
                        try (Backend lane = lanes.join()) {
                            solve.solve(point, lane, Reporter.SILENT);
                        } catch (SolverException failure) {
                            return failure;
                        }
                        return null;
                    },
                    (point, failure) -> {
                        if (failure instanceof DeviceMemoryException) {
                            alone.add(point);
                        } else if (failure != null) {
                            failed.accept(point, failure);
                        }
                        progress.step(point + 1, points);
                    });
        }
        return alone;
    }
}

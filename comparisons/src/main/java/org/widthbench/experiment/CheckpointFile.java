package org.widthbench.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Checkpoint;
import org.widthbench.core.backend.CheckpointingBackend;
import org.widthbench.core.io.AtomicFile;

/**
 * The file in which a long computation keeps its state, to go on after a kill.
 *
 * @param file replaced by each checkpoint, gone when the computation is done
 * @param identity text of all that determines the computation
 * @param every how often
 * @param say told when a checkpoint cannot be used
 */
public record CheckpointFile(Path file, String identity, Interval every, Consumer<String> say) {

    /** How often a checkpoint is kept. */
    public sealed interface Interval {
        /** After so many steps. */
        record Steps(int count) implements Interval {}

        /** After so much time. */
        record Time(Duration time) implements Interval {}

        /** As often as costs next to nothing: the time between two is many times that of writing one. */
        record Auto() implements Interval {
            private static final Duration SHORTEST = Duration.ofSeconds(1);
            private static final int TIMES_THE_COST = 50;

            Duration after(Duration cost) {
                Duration wanted = cost.multipliedBy(TIMES_THE_COST);
                return wanted.compareTo(SHORTEST) > 0 ? wanted : SHORTEST;
            }
        }

        /** What a long solve wants if nobody says anything. */
        static Interval standard() {
            return new Auto();
        }

        /**
         * Reads one.
         *
         * @param text auto, or such as 10min, 90s or 20steps
         * @throws InvalidInputException naming {@code option} for anything else
         */
        static Interval parse(String option, String text) {
            if (text.equals("auto")) {
                return new Auto();
            }
            Matcher matcher = Pattern.compile("([1-9][0-9]{0,6})(min|s|steps)").matcher(text);
            InvalidInputException.require(
                    matcher.matches(),
                    option,
                    text,
                    "auto, a time such as 10min or 90s, or a number of steps such as 20steps");
            int count = Integer.parseInt(matcher.group(1));
            return switch (matcher.group(2)) {
                case "steps" -> new Steps(count);
                case "min" -> new Time(Duration.ofMinutes(count));
                default -> new Time(Duration.ofSeconds(count));
            };
        }
    }

    /** A computation on a backend that tells its steps to listeners. */
    @FunctionalInterface
    public interface Computation<T> {
        /** @param checkpoints to be put between each listener and the computation */
        T run(Backend backend, UnaryOperator<Progress> checkpoints);
    }

    /**
     * Computes, keeping checkpoints.
     *
     * @param resume whether to go on where the file says
     */
    public <T> T run(Backend backend, boolean resume, Computation<T> work) {
        Checkpoint kept = resume ? read() : null;
        T result;
        try {
            result = from(kept, backend, work);
        } catch (Checkpoint.MismatchException e) {
            say.accept(file + ": " + e.getMessage() + "; starting anew");
            result = from(null, backend, work);
        } catch (SolverException e) {
            // It would stop there again.
            AtomicFile.delete(file);
            throw e;
        }
        AtomicFile.delete(file);
        return result;
    }

    private <T> T from(Checkpoint kept, Backend backend, Computation<T> work) {
        // Not closed: the matrices are the computation's, the backend is the caller's.
        @SuppressWarnings("resource")
        CheckpointingBackend checkpointing = new CheckpointingBackend(backend, kept);
        Clock clock = new Clock();
        return work.run(
                checkpointing,
                progress -> checkpointing.checkpoints(progress, clock::due, checkpoint -> {
                    long begun = System.nanoTime();
                    checkpoint.write(file, identity);
                    clock.written(Duration.ofNanos(System.nanoTime() - begun));
                }));
    }

    /** When the next checkpoint is due. */
    private final class Clock {
        private long last = System.nanoTime();
        private Duration cost = Duration.ZERO;
        private int steps;

        boolean due() {
            steps++;
            if (every instanceof Interval.Steps after) {
                return steps % after.count() == 0;
            }
            Duration pause = every instanceof Interval.Auto auto ? auto.after(cost) : ((Interval.Time) every).time();
            return System.nanoTime() - last >= pause.toNanos();
        }

        void written(Duration time) {
            cost = time;
            last = System.nanoTime();
        }
    }

    /** The checkpoint, unless there is none or it is of no use. */
    private Checkpoint read() {
        if (!Files.exists(file)) {
            say.accept(file + ": no checkpoint; starting at the beginning");
            return null;
        }
        try {
            Checkpoint checkpoint = Checkpoint.read(file, identity);
            if (checkpoint == null) {
                say.accept(file + ": is of another configuration: "
                        + Settings.difference(Checkpoint.identity(file), identity) + "; starting anew");
            }
            return checkpoint;
        } catch (InvalidInputException e) {
            say.accept(e.getMessage() + "; starting anew");
            return null;
        }
    }
}

package org.widthbench.sweep;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.widthbench.core.Progress;

/**
 * One piece of a study, done once by any of the processes that share its folder.
 *
 * @param <R> what it finds
 * @param store where its result is kept
 * @param name among the tasks of the store
 * @param width of its network, which says what it costs; 0 of a theory
 * @param codec how its result is kept
 * @param work finds it and tells how far it is
 */
public record Task<R>(TaskStore store, String name, int width, TaskStore.Codec<R> codec, Function<Progress, R> work) {
    /** What was found, unless nobody has or it is damaged. */
    public Optional<R> found() {
        return codec.read(store, name);
    }

    /** The same, and somebody hears what it finds where it is found here. */
    Task<R> noting(Consumer<R> listener) {
        return new Task<>(store, name, width, codec, progress -> {
            R result = work.apply(progress);
            listener.accept(result);
            return result;
        });
    }

    /** Does it and keeps what it finds. */
    void run(Progress progress) {
        codec.write(store, name, work.apply(progress));
    }

    /** Name under which it is claimed, the same in every process. */
    String claim() {
        return store.name(name);
    }
}

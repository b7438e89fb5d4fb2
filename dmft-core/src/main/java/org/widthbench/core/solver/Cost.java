package org.widthbench.core.solver;

import java.util.Map;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;

/** What a solve takes, known before it starts. */
@FunctionalInterface
public interface Cost {
    /**
     * Looks at sizes alone.
     *
     * @throws InvalidInputException with the numbers and what to reduce, unless it fits
     */
    void requireFits();

    /** One line for people, if the time is worth foretelling, at the speed that the backend has now. */
    default Optional<String> text(Backend backend) {
        return Optional.empty();
    }

    /**
     * One line for people about checkpoints, if these can be large.
     *
     * @throws InvalidInputException with the numbers and what to do, if the last of them cannot be held
     */
    default Optional<String> checkpoints() {
        return Optional.empty();
    }

    /** What the solver chose by it: entries of {@code summary.json} by name. */
    default Map<String, Object> choices() {
        return Map.of();
    }
}

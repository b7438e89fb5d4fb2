package org.widthbench.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/**
 * Where a long run keeps its state, so that another process can go on after a kill, to the same bits as without one. The
 * state of a finished run holds its result.
 *
 * @param file archive of the state, replaced as a whole
 * @param identity text of all that determines the run; a state of another one is not taken
 * @param every shortest time between two states
 * @param say who hears that a run goes on, or why it does not
 */
public record KeptRun(Path file, String identity, Duration every, Consumer<String> say) {
    private static final String IDENTITY = "identity";

    /** Takes the place of what the file holds. */
    void write(Map<String, Tensor> state) {
        Map<String, Tensor> all = new LinkedHashMap<>(state);
        all.put(IDENTITY, Npz.characters(identity));
        Npz.write(file, all, Set.of(IDENTITY));
    }

    /**
     * Copies the numbers kept into {@code state}.
     *
     * @param state arrays of a run that has just begun
     * @return whether there were any; if not, {@code state} is as it was
     */
    boolean read(Map<String, Tensor> state) {
        if (!Files.exists(file)) {
            return false;
        }
        Map<String, Tensor> kept;
        try {
            kept = Npz.read(file);
        } catch (InvalidInputException e) {
            say.accept(e.getMessage() + "; starting anew");
            return false;
        }
        Tensor identityKept = kept.remove(IDENTITY);
        boolean same = identityKept != null
                && Npz.text(identityKept).equals(identity)
                && kept.keySet().equals(state.keySet())
                && kept.keySet().stream()
                        .allMatch(name -> Arrays.equals(
                                kept.get(name).shape(), state.get(name).shape()));
        if (!same) {
            say.accept(file + ": is of another run; starting anew");
            return false;
        }
        kept.forEach((name, values) ->
                System.arraycopy(values.data(), 0, state.get(name).data(), 0, values.data().length));
        return true;
    }
}

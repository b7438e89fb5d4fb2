package org.widthbench.experiment;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;
import org.widthbench.core.io.Sha256;

/**
 * A {@code theory.npz} or {@code network.npz} as it was read, its arrays compared with the identity that it carries.
 *
 * @param arrays by name, without the identity
 * @param identity empty of archives that other programs wrote: nothing tells whether those are whole
 */
public record Archive(Path file, Map<String, Tensor> arrays, Optional<Identity> identity) {

    /**
     * Reads and compares.
     *
     * @throws InvalidInputException naming the file if it cannot be read, or if its arrays are not those of its identity
     */
    public static Archive read(Path file) {
        Map<String, Tensor> arrays = Npz.read(file);
        boolean carries = arrays.containsKey(Identity.ARRAY);
        Optional<Identity> identity = Identity.takenOutOf(arrays);
        if (carries
                && !identity.map(id -> id.arrays().equals(Sha256.of(arrays))).orElse(false)) {
            throw new InvalidInputException(
                    file + ": its arrays are not those of its identity: it was altered or put together"
                            + " from two results; run the command that wrote it again");
        }
        return new Archive(file, arrays, identity);
    }

    /** The identity that a file carries, nothing else read; empty if there is none, or no file. */
    public static Optional<Identity> identity(Path file) {
        try {
            return Identity.takenOutOf(
                    new java.util.HashMap<>(Map.of(Identity.ARRAY, Npz.readArray(file, Identity.ARRAY))));
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }
}

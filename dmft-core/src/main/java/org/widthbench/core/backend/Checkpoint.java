package org.widthbench.core.backend;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/**
 * The state of a computation on a {@link CheckpointingBackend}.
 *
 * @param operations how many led there
 * @param readOuts all numbers read back so far, in order
 * @param matrices contents of all matrices in use, by the order of their allocation
 */
public record Checkpoint(long operations, double[] readOuts, Map<Long, Tensor> matrices) {
    private static final String MATRIX = "matrix_";
    private static final String IDENTITY = "identity";

    /** Copies the map. */
    public Checkpoint {
        matrices = new LinkedHashMap<>(matrices);
    }

    /** The computation is not the one that the checkpoint was made in. */
    public static final class MismatchException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MismatchException(String what) {
            super("the checkpoint is of another computation: " + what);
        }
    }

    /**
     * Writes it, whole or not at all.
     *
     * @param identity text of all that determines the computation
     * @throws InvalidInputException if it cannot be written
     */
    public void write(Path file, String identity) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put(IDENTITY, Npz.characters(identity));
        arrays.put("operations", Tensor.vector((double) operations));
        arrays.put("readOuts", Tensor.vector(readOuts));
        matrices.forEach((number, values) -> arrays.put(MATRIX + number, values));
        Npz.write(file, arrays, Set.of(IDENTITY));
    }

    /**
     * The text of all that determines the computation of a checkpoint.
     *
     * @throws InvalidInputException if it cannot be read
     */
    public static String identity(Path file) {
        return Npz.text(Npz.readArray(file, IDENTITY));
    }

    /**
     * Reads one back.
     *
     * @return null if it is of another computation
     * @throws InvalidInputException if it cannot be read in full or fails its checksums
     */
    public static Checkpoint read(Path file, String identity) {
        Map<String, Tensor> arrays = Npz.read(file);
        for (String name : new String[] {IDENTITY, "operations", "readOuts"}) {
            if (!arrays.containsKey(name)) {
                throw new InvalidInputException(file + ": has no array " + name + ", so is no checkpoint");
            }
        }
        if (!Npz.text(arrays.remove(IDENTITY)).equals(identity)) {
            return null;
        }
        long operations = (long) arrays.remove("operations").data()[0];
        double[] readOuts = arrays.remove("readOuts").data();
        Map<Long, Tensor> matrices = new LinkedHashMap<>();
        arrays.forEach((name, values) -> {
            if (!name.matches(MATRIX + "[0-9]{1,18}")) {
                throw new InvalidInputException(file + ": array " + name + " belongs to no checkpoint");
            }
            matrices.put(Long.valueOf(name.substring(MATRIX.length())), values);
        });
        return new Checkpoint(operations, readOuts, matrices);
    }
}

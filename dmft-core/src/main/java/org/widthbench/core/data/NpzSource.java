package org.widthbench.core.data;

import java.nio.file.Path;
import java.util.Arrays;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/**
 * Arrays {@code X}, of shape {@code (D,Q)} for an MLP or {@code (Q,height,width,channels)} for a CNN, and {@code y}, of
 * shape {@code (P)}, in a NumPy archive. The points after the first P are test points. Other arrays are not read.
 *
 * @param path the archive
 */
public record NpzSource(Path path) implements DataSource {

    @Override
    public Dataset load() {
        Tensor inputs;
        Tensor targets;
        try {
            inputs = Npz.readArray(path, "X");
            targets = Npz.readArray(path, "y");
        } catch (InvalidInputException e) {
            throw new InvalidInputException("data.path: " + e.getMessage(), e);
        }
        if (inputs.rank() != 2 && inputs.rank() != 4) {
            throw shape("X", inputs, "(D,Q) for an mlp or (Q,height,width,channels) for a cnn");
        }
        if (Arrays.stream(inputs.shape()).anyMatch(size -> size == 0)) {
            throw shape("X", inputs, "sizes >= 1");
        }
        int points = inputs.size(inputs.rank() == 2 ? 1 : 0);
        boolean several = targets.rank() == 2 && targets.size(1) >= 2;
        if ((targets.rank() != 1 && !several) || targets.size(0) < 1 || targets.size(0) > points) {
            throw shape(
                    "y",
                    targets,
                    "(P), or (P,C) for C > 1 outputs, with P in 1.." + points + ", the number of points in X");
        }
        requireFinite("X", inputs);
        requireFinite("y", targets);
        return new Dataset(inputs, targets.data(), several ? targets.size(1) : 1);
    }

    private InvalidInputException shape(String name, Tensor array, String allowed) {
        return new InvalidInputException("data.path: " + path + ": array '" + name + "' has shape "
                + Arrays.toString(array.shape()) + "; expected " + allowed);
    }

    private void requireFinite(String name, Tensor array) {
        for (double entry : array.data()) {
            if (!Double.isFinite(entry)) {
                throw new InvalidInputException("data.path: " + path + ": array '" + name + "' holds " + entry
                        + "; every entry must be finite");
            }
        }
    }
}

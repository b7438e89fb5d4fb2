package org.widthbench.core.data;

import java.util.Optional;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;

/**
 * Describes a dataset; the {@code data} section of a configuration. Equal sources load equal data. Constructors check
 * what can be known without opening a file.
 */
public sealed interface DataSource
        permits GaussianSource, TeacherSource, TextureSource, Cifar10Source, MnistSource, NpzSource {

    /**
     * Makes or reads the data: the training points, then the test points.
     *
     * @throws InvalidInputException naming the key, the value or file, and what is allowed
     */
    Dataset load();

    /** Labels of the test points, in order, where the source knows them; otherwise empty. */
    default double[] testTargets() {
        return new double[0];
    }

    /** What the source says of the axes of its inputs, for {@link #description}; empty where there is nothing to say. */
    default String axes() {
        return "";
    }

    /**
     * One line that says what was read, so that a transposed array is seen.
     *
     * @param loaded what {@link #load} gave
     */
    default String description(Dataset loaded) {
        return "data: " + loaded.description() + axes();
    }

    /** Why what was read may not be what was meant, and the key that settles it; mostly empty. */
    default Optional<String> doubt(Dataset loaded) {
        return Optional.empty();
    }
}

package org.widthbench.core.data;

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
}

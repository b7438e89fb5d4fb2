package org.widthbench.core;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Reference numbers and images that lie beside the checkout; a test that needs an absent one is skipped by name. */
public final class SharedFiles {
    private SharedFiles() {}

    /** Path of a file or folder under {@code ../shared}, or an aborted test that says what is missing. */
    public static Path require(String relative) {
        Path path = Path.of(System.getProperty("widthbench.shared", "../shared"), relative);
        if (!Files.exists(path)) {
            System.out.println("SKIPPED: needs ../shared/" + relative + ", which is not beside this checkout");
        }
        Assumptions.assumeTrue(Files.exists(path), "needs ../shared/" + relative);
        return path;
    }
}

package org.widthbench.training.family;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.widthbench.core.InvalidInputException;

/** Every architecture on the class path. */
public final class Architectures {
    private Architectures() {}

    /** All of them, this project's first. */
    public static List<ArchitectureProvider> all() {
        List<ArchitectureProvider> found = new ArrayList<>();
        ServiceLoader.load(ArchitectureProvider.class).forEach(found::add);
        found.sort((a, b) -> Boolean.compare(b instanceof LayeredProvider, a instanceof LayeredProvider));
        return found;
    }

    /** Their names. */
    public static List<String> names() {
        return all().stream().map(ArchitectureProvider::name).toList();
    }

    /** @throws InvalidInputException if there is none of that name */
    public static ArchitectureProvider named(String name) {
        return all().stream()
                .filter(architecture -> architecture.name().equals(name))
                .findFirst()
                .orElseThrow(() -> InvalidInputException.key(
                        "network.architecture", name, "one of " + String.join(", ", names())));
    }
}

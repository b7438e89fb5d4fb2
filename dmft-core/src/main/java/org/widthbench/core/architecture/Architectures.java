package org.widthbench.core.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.widthbench.core.InvalidInputException;

/**
 * Every architecture that a configuration can name, found by {@link ServiceLoader}: a class with a public constructor without parameters, which
 * stands for the values of its own keys that are taken where a configuration names none, and whose name stands in {@code
 * META-INF/services/org.widthbench.core.architecture.Architecture}.
 */
public final class Architectures {
    private Architectures() {}

    /** All of them, this project's first. */
    private static List<Architecture> all() {
        List<Architecture> found = new ArrayList<>();
        ServiceLoader.load(Architecture.class).forEach(found::add);
        Package ours = Architectures.class.getPackage();
        found.sort((a, b) ->
                Boolean.compare(b.getClass().getPackage() == ours, a.getClass().getPackage() == ours));
        return found;
    }

    /** @throws InvalidInputException if there is none of that name */
    public static Architecture named(String word) {
        return all().stream()
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () -> InvalidInputException.key("network.architecture", word, String.join(" or ", words())));
    }

    /** All names. */
    public static List<String> words() {
        return all().stream().map(Architecture::word).toList();
    }
}

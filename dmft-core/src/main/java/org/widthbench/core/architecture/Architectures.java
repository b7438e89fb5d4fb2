package org.widthbench.core.architecture;

import java.util.List;
import org.widthbench.core.InvalidInputException;

/** Every architecture that a configuration can name. */
public final class Architectures {
    /** With the values of their own keys that are taken where a configuration names none. */
    private static final List<Architecture> ALL = List.of(Mlp.PLAIN, new Cnn(Cnn.DEFAULT_KERNEL));

    private Architectures() {}

    /** @throws InvalidInputException if there is none of that name */
    public static Architecture named(String word) {
        return ALL.stream()
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () -> InvalidInputException.key("network.architecture", word, String.join(" or ", words())));
    }

    /** All names. */
    public static List<String> words() {
        return ALL.stream().map(Architecture::word).toList();
    }
}

package org.widthbench.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Constants of the program as configurations spell them: {@code STATIC_NTK} is {@code static-ntk}. */
final class Words {
    private Words() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** In the order of an enum's constants. */
    static List<String> all(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> of((Enum<?>) constant))
                .toList();
    }
}

package org.widthbench.experiment;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The keys of one section, an entry each: reading, defaults, refusals, hints and what is written into results all follow from the entry. A
 * key of a record's component needs no more than its name and, for numbers and lists, the words that say what is allowed. Ranges
 * are the record's own to check.
 *
 * @param <T> what the section describes
 */
final class Keys<T> {
    private final String owner;
    private final BiFunction<Map<String, Object>, T, T> make;
    private final Map<String, RecordComponent> components = new LinkedHashMap<>();
    private final Map<String, String> keyOf = new HashMap<>();
    private final List<Key<T>> keys = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    /** One entry. */
    private static class Key<T> {
        private final String name;
        /** int, long (not negative), double, boolean, String, Path, int[], double[] or an enum. */
        private final Class<?> type;
        /** The only values of a String; empty for any text. */
        private final List<String> words;

        private final String allowed;
        /** Where the value stands in what the section describes. */
        private final Function<T, Object> value;
        /** The value of an absent key, of the default and the values of the keys before. */
        private BiFunction<T, Map<String, Object>, Object> otherwise;
        /** Whether a value has a spelling of its own, and no other: a word, or null where the key is left out. */
        private boolean isSpecial;

        private String special;
        private Object meant;

        Key(String name, Class<?> type, List<String> words, String allowed, Function<T, Object> value) {
            this.name = name;
            this.type = type;
            this.words = words;
            this.allowed = allowed;
            this.value = value;
            this.otherwise = (standard, before) -> value.apply(standard);
        }

        Object read(Section section, T standard, Map<String, Object> before) {
            if (!section.has(name)) {
                // A path has no default.
                section.requirePresent(type != Path.class, name, allowed);
                return otherwise.apply(standard, before);
            }
            if (special != null && section.isWord(name, special)) {
                return meant;
            }
            String takes = special == null ? allowed : "'" + special + "' or " + allowed;
            Object found = found(section, takes);
            // A flag or a word may say what its absence says too.
            boolean word = found instanceof Boolean || found instanceof Enum;
            section.require(!isSpecial || word || !found.equals(meant), name, takes);
            return found;
        }

        void write(T from, Map<String, Object> into) {
            Object found = value.apply(from);
            if (!isSpecial || !Objects.equals(found, meant)) {
                into.put(name, plain(found));
            } else if (special != null) {
                into.put(name, special);
            }
        }

        /** The value of a key that is there. */
        Object found(Section section, String takes) {
            return section.value(name, type, words, takes);
        }

        /** As it is written. */
        Object plain(Object found) {
            return found instanceof Enum<?> constant
                    ? Words.of(constant)
                    : found instanceof Path path
                            ? path.toAbsolutePath().normalize().toString()
                            : found;
        }
    }

    /**
     * @param owner whose keys they are, as refusals say it
     * @param make of the values by key
     */
    Keys(String owner, Function<Map<String, Object>, T> make) {
        this.owner = owner;
        this.make = (values, standard) -> make.apply(values);
    }

    /** Keys of a record; components that are none stay as they are in the default. */
    Keys(String owner, Class<T> type) {
        this.owner = owner;
        this.make = (values, standard) -> construct(
                type,
                component -> keyOf.containsKey(component.getName())
                        ? values.get(keyOf.get(component.getName()))
                        : get(component, standard));
        for (RecordComponent component : type.getRecordComponents()) {
            components.put(component.getName(), component);
        }
    }

    /** A flag, a seed or a word of an enum. */
    Keys<T> key(String name) {
        return key(name, "");
    }

    /** A component of the record. */
    Keys<T> key(String name, String allowed) {
        return key(name, name, allowed);
    }

    /** A component of the record that has another name. */
    Keys<T> key(String name, String componentName, String allowed) {
        RecordComponent component = components.get(componentName);
        keyOf.put(componentName, name);
        return key(name, component.getType(), allowed, from -> get(component, from));
    }

    /** A value that stands elsewhere, or, of a record, is not simply its component. */
    Keys<T> key(String name, Class<?> type, String allowed, Function<T, Object> value) {
        keyOf.put(name, name);
        return add(name, type, List.of(), allowed, value);
    }

    /** One of some words. */
    Keys<T> word(String name, List<String> words, Function<T, Object> value) {
        return add(name, String.class, words, "", value);
    }

    private Keys<T> add(String name, Class<?> type, List<String> words, String allowed, Function<T, Object> value) {
        names.add(name);
        keys.add(new Key<>(name, type, words, allowed, value));
        return this;
    }

    /**
     * A section of its own, inside.
     *
     * @param standard what absent keys of it mean where it is there itself
     */
    <S> Keys<T> section(String name, Keys<S> inner, S standard, Function<T, S> value) {
        names.add(name);
        keyOf.put(name, name);
        keys.add(new Key<>(name, Object.class, List.of(), "", value::apply) {
            @Override
            Object found(Section section, String takes) {
                return inner.read(section.section(name), standard);
            }

            @Override
            @SuppressWarnings("unchecked")
            Object plain(Object found) {
                return inner.write((S) found);
            }
        });
        return this;
    }

    /** A key that others read and write. */
    Keys<T> elsewhere(String name) {
        names.add(name);
        return this;
    }

    /** What the last key means if absent, where that is not simply the default's. */
    Keys<T> otherwise(BiFunction<T, Map<String, Object>, Object> absent) {
        keys.get(keys.size() - 1).otherwise = absent;
        return this;
    }

    /** A value of the last key that is spelled as a word, or by leaving the key out if that is null. */
    Keys<T> spelled(String word, Object meant) {
        Key<T> last = keys.get(keys.size() - 1);
        last.isSpecial = true;
        last.special = word;
        last.meant = meant;
        return this;
    }

    /** In the order of the table. */
    List<String> names() {
        return names;
    }

    /**
     * Reads a section.
     *
     * @param standard what absent keys mean
     * @throws org.widthbench.core.InvalidInputException naming the first key that is unknown or whose value is not allowed
     */
    T read(Section section, T standard) {
        section.allow(owner, names);
        return part(section, standard);
    }

    /** Reads keys of a section that has others too. */
    T part(Section section, T standard) {
        Map<String, Object> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key.name, key.read(section, standard, values)));
        return make.apply(values, standard);
    }

    /** All keys, as they are written into results. */
    Map<String, Object> write(T from) {
        Map<String, Object> map = new LinkedHashMap<>();
        keys.forEach(key -> key.write(from, map));
        return map;
    }

    /** The same with another value of some keys. */
    T with(T from, Map<String, ?> changes) {
        Map<String, Object> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key.name, key.value.apply(from)));
        values.putAll(changes);
        return make.apply(values, from);
    }

    private static Object get(RecordComponent component, Object from) {
        try {
            return component.getAccessor().invoke(from);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <R> R construct(Class<R> type, Function<RecordComponent, Object> value) {
        RecordComponent[] components = type.getRecordComponents();
        try {
            return type.getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new))
                    .newInstance(Arrays.stream(components).map(value).toArray());
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException refused ? refused : new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}

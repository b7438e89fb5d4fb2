package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;

class KeysTest {
    private static final Inner NONE = new Inner(0, 0);

    private static final Keys<Outer> KEYS = new Keys<>("outer", Outer.class)
            .key("count", "a whole number >= 1")
            .section(
                    "inner",
                    new Keys<>("outer.inner", Inner.class).key("a", "a number").key("b", "a number"),
                    new Inner(1, 0.5),
                    Outer::inner)
            .spelled(null, NONE);

    record Inner(double a, double b) {}

    record Outer(int count, Inner inner) {}

    private static Outer read(String json) throws Exception {
        ObjectNode node = (ObjectNode) new ObjectMapper().readTree(json);
        return KEYS.read(new Section("outer", node, Path.of("")), new Outer(3, NONE));
    }

    @Test
    void aSectionWithinASectionIsReadAndWrittenWhereItIsThere() throws Exception {
        Outer outer = read("{\"inner\": {\"b\": 2}}");
        assertThat(outer).isEqualTo(new Outer(3, new Inner(1, 2)));
        assertThat(KEYS.write(outer)).isEqualTo(Map.of("count", 3, "inner", Map.of("a", 1.0, "b", 2.0)));
    }

    @Test
    void aSectionWithinASectionThatIsNotThereIsNotWritten() throws Exception {
        assertThat(KEYS.write(read("{}"))).isEqualTo(Map.of("count", 3));
        assertThatThrownBy(() -> read("{\"inner\": {\"c\": 2}}"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("outer.inner.c: unknown key; outer.inner takes a, b");
    }
}

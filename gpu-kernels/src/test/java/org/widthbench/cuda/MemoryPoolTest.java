package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPoolTest {
    private static final long CAPACITY = 10_000;

    /** Memory of {@link #CAPACITY} bytes. */
    private static final class Limited implements MemoryPool.Source {
        private final Map<Long, Long> given = new HashMap<>();
        private long next = 1;
        private int requests;

        @Override
        public long allocate(long bytes) {
            requests++;
            if (given.values().stream().mapToLong(Long::longValue).sum() + bytes > CAPACITY) {
                return 0;
            }
            given.put(next, bytes);
            return next++;
        }

        @Override
        public void free(long address) {
            assertThat(given.remove(address)).isNotNull();
        }
    }

    private final Limited source = new Limited();
    private final MemoryPool pool = new MemoryPool(source);

    @Test
    void freedMemoryServesTheNextRequestOfItsSize() {
        long first = pool.allocate(1000);
        pool.free(first);
        assertThat(pool.allocate(900)).isEqualTo(first);
        assertThat(source.requests).isEqualTo(1);
        assertThat(pool.allocate(900)).isNotEqualTo(first);
    }

    @Test
    void spareMemoryIsGivenBackBeforeARequestFails() {
        pool.free(pool.allocate(6000));
        assertThat(pool.allocate(9000)).isNotZero();
        assertThat(pool.allocate(9000)).isZero();
        assertThat(pool.allocate(500)).isNotZero();
    }

    @Test
    void closingReturnsEverything() {
        pool.allocate(100);
        pool.free(pool.allocate(2000));
        pool.close();
        assertThat(source.given).isEmpty();
    }

    @Test
    void foreignAddressesAreRefused() {
        assertThatThrownBy(() -> pool.free(77)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 512, 513, 5000, 123_456, 1L << 33, (1L << 33) + 1})
    void sizeClassesWasteAtMostAnEighth(long bytes) {
        assertThat(MemoryPool.sizeClass(bytes)).isBetween(bytes, Math.max(2 * 512, bytes + bytes / 8 + 512));
        assertThat(MemoryPool.sizeClass(MemoryPool.sizeClass(bytes))).isEqualTo(MemoryPool.sizeClass(bytes));
    }
}

package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.shm.queue.SharedQueue;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pools and shared objects under locales with digits and case rules of their own: Egypt writes ٣ for 3, and the
/// Turkish lower-case I has no dot.
class LocaleTest extends PoolTest {
    private static final String HUGE = "x".repeat(100_000);

    private final Locale usual = Locale.getDefault();

    record Order(String symbol, int quantity) {}

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(usual);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "tr-TR"})
    void aPoolAndAQueueWorkUnderEveryLocale(String tag) throws Exception {
        Locale country = Locale.forLanguageTag(tag);
        Locale.setDefault(country);
        try (SharedQueue<Order> orders = space.queue("INVOICES", Codec.ofRecord(Order.class), 10);
                ProcessPool pool = ProcessPool.builder().workers(1).name("ISTANBUL")
                        .jvmOptions(
                                "-Duser.language=" + country.getLanguage(), "-Duser.country=" + country.getCountry())
                        .build()) {
            assertThat(pool.apply(() -> Locale.getDefault().toLanguageTag())).isEqualTo(tag);
            assertThat(pool.map(x -> x * x, List.of(1, 2, 3))).containsExactly(1, 4, 9);
            assertThat(pool.map((String text) -> text.length(), IntStream.range(0, 20).mapToObj(i -> HUGE).toList()))
                    .containsOnly(HUGE.length());
            // Longer than a slot, so it travels in a file of its own.
            assertThat(pool.apply(() -> orders.offer(new Order(HUGE, 12_345)))).isTrue();
            assertThat(orders.take()).isEqualTo(new Order(HUGE, 12_345));
            assertThatThrownBy(() -> pool.apply(LocaleTest::fail))
                    .isInstanceOf(ExecutionException.class)
                    .rootCause()
                    .hasMessageStartingWith("worker ISTANBUL-worker-0 (%s):", pool.workers().getFirst().pid());
        }
    }

    private static String fail() {
        throw new IllegalStateException("on purpose");
    }
}

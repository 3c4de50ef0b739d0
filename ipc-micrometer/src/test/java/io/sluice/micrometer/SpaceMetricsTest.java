package io.sluice.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.core.codec.Codec;
import io.sluice.core.files.TestFolders;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.space.SpaceOptions;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The meters of a real space, in a registry of Micrometer's own.
@Timeout(20)
class SpaceMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, new MockClock());
    private final Path root = TestFolders.makeRoot();
    private boolean refuses;

    @AfterEach
    void removeRoot() {
        registry.close();
        assertThat(TestFolders.remove(root)).containsExactly(root);
    }

    private double gauge(String name, String... tags) {
        Gauge gauge = registry.find(name).tags(tags).gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }

    private double counter(String name, String... tags) {
        FunctionCounter counter = registry.find(name).tags(tags).functionCounter();
        return counter == null ? Double.NaN : counter.count();
    }

    /// A look is as old as a second, so a change shows with one of the next scrapes.
    private void await(BooleanSupplier shown) throws InterruptedException {
        while (!shown.getAsBoolean()) {
            double _ = gauge("sluice.processes", "state", "live");
            Thread.sleep(20);      // ends with the time-out of the test
        }
    }

    @Test
    void objectsShowAndGoWithTheirNumbers() throws Exception {
        var metrics = new SpaceMetrics(new SpaceRoot(root), "market");
        metrics.bindTo(registry);
        metrics.bindTo(registry);
        assertThat(registry.getMeters()).hasSize(2);
        assertThat(gauge("sluice.processes", "state", "live")).isZero();
        try (SharedSpace space = SharedSpace.open("market", SpaceOptions.under(root));
                var orders = space.queue("orders", Codec.longs(), 2)) {
            space.semaphore("permits", 3).acquire();
            space.<String>pipe("pipe", Codec.strings());
            orders.put(1L);
            orders.put(2L);
            await(() -> gauge("sluice.object.depth", "object", "orders") == 2);
            assertThat(gauge("sluice.processes", "state", "live")).isEqualTo(1);
            assertThat(gauge("sluice.processes", "state", "dead")).isZero();
            assertThat(gauge("sluice.object.capacity", "object", "orders", "kind", "queue")).isEqualTo(2);
            assertThat(counter("sluice.object.in", "object", "orders", "space", "market")).isEqualTo(2);
            assertThat(gauge("sluice.object.ok", "object", "orders")).isZero();
            assertThat(gauge("sluice.object.ok", "object", "permits")).isEqualTo(1);
            assertThat(gauge("sluice.object.processes", "object", "permits", "state", "live")).isEqualTo(1);
            assertThat(gauge("sluice.object.size", "object", "permits")).isGreaterThan(0);
            assertThat(gauge("sluice.object.value", "object", "permits", "counter", "available")).isEqualTo(2);
            assertThat(counter("sluice.object.counter", "object", "orders", "counter", "room waits")).isZero();
            assertThat(counter("sluice.object.counter", "object", "orders", "counter", "refused")).isZero();
            assertThat(orders.offer(3L)).isFalse();
            await(() -> counter("sluice.object.counter", "object", "orders", "counter", "refused") > 0);
            assertThat(registry.find("sluice.object.depth").tag("object", "pipe"::equals).gauges())
                    .extracting(gauge -> gauge.getId().getTag("way")).hasSize(2).doesNotContainNull()
                    .doesNotHaveDuplicates();
            assertThat(orders.take()).isEqualTo(1);
            await(() -> gauge("sluice.object.depth", "object", "orders") == 1);
            assertThat(gauge("sluice.object.ok", "object", "orders")).isEqualTo(1);
            space.unlink("permits");
            await(() -> registry.find("sluice.object.ok").tag("object", "permits"::equals).gauge() == null);
            space.list().forEach(object -> space.unlink(object.name()));
        }
        await(() -> registry.getMeters().size() == 2);
        metrics.close();
        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
        assertThatThrownBy(() -> metrics.bindTo(registry)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'market'");
    }

    /// No look falls between the two objects of the name.
    @Test
    void anObjectThatWasMadeAgainHasItsOwnMeters() throws InterruptedException {
        try (SharedSpace space = SharedSpace.open("market", SpaceOptions.under(root));
                var metrics = new SpaceMetrics(new SpaceRoot(root), "market")) {
            space.queue("x", Codec.longs(), 2);
            metrics.bindTo(registry);
            space.unlink("x");
            space.<String>pipe("x", Codec.strings());
            await(() -> !Double.isNaN(gauge("sluice.object.ok", "object", "x", "kind", "pipe")));
            assertThat(registry.find("sluice.object.depth").tag("object", "x"::equals).gauges())
                    .extracting(gauge -> gauge.getId().getTag("kind")).containsExactly("pipe", "pipe");
            assertThat(registry.getMeters()).noneMatch(meter -> "queue".equals(meter.getId().getTag("kind")));
            space.unlink("x");
        }
    }

    /// The registry refuses a meter behind others.
    @Test
    void aBindThatFailedLeavesNothingAndCanBeDoneAgain() {
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public MeterFilterReply accept(Meter.Id id) {
                if (refuses && id.getName().equals("sluice.object.in")) {
                    throw new IllegalArgumentException("refused");
                }
                return MeterFilterReply.NEUTRAL;
            }
        });
        var metrics = new SpaceMetrics(new SpaceRoot(root), "market");
        try (SharedSpace space = SharedSpace.open("market", SpaceOptions.under(root))) {
            space.queue("x", Codec.longs(), 2);
            refuses = true;
            assertThatThrownBy(() -> metrics.bindTo(registry)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("refused");
            assertThat(registry.getMeters()).isEmpty();
            refuses = false;
            metrics.bindTo(registry);
            assertThat(counter("sluice.object.in", "object", "x")).isZero();
            metrics.close();
            assertThat(registry.getMeters()).isEmpty();
            space.unlink("x");
        }
    }
}

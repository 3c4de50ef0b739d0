package io.sluice.shm.queue;

import com.google.common.collect.testing.QueueTestSuiteBuilder;
import com.google.common.collect.testing.TestStringQueueGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import io.sluice.core.codec.Codec;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import junit.framework.Test;
import org.junit.runner.RunWith;
import org.junit.runners.AllTests;

/// The general contract of a `Queue`: the suite of guava-testlib, with every feature that a bounded queue without
/// nulls has.
@RunWith(AllTests.class)
public final class GuavaQueueSuiteTest {
    private static final int CAPACITY = 64;

    private GuavaQueueSuiteTest() {}

    /// The suite; its queues live in one sandbox, which goes with the last of them.
    ///
    /// @return the tests
    public static Test suite() {
        Queues queues = new Queues();
        return QueueTestSuiteBuilder.using(queues)
                .named("SharedQueue")
                .withFeatures(
                        CollectionSize.ANY,
                        CollectionFeature.SUPPORTS_ADD,
                        CollectionFeature.SUPPORTS_REMOVE,
                        CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                        CollectionFeature.KNOWN_ORDER,
                        CollectionFeature.NON_STANDARD_TOSTRING,   // name, size and capacity, not the elements
                        CollectionFeature.SERIALIZABLE)
                .withSetUp(queues::open)
                .withTearDown(queues::close)
                .createTestSuite();
    }

    private static final class Queues extends TestStringQueueGenerator {
        private final AtomicInteger number = new AtomicInteger();
        private Sandbox sandbox;
        private SharedSpace space;

        void open() {
            sandbox = new Sandbox();
            space = sandbox.open();
        }

        void close() {
            sandbox.close();
        }

        @Override
        protected Queue<String> create(String[] elements) {
            SharedQueue<String> queue = space.queue("q" + number.incrementAndGet(), Codec.strings(), CAPACITY);
            queue.addAll(List.of(elements));
            return queue;
        }
    }
}

package io.sluice.pool.manager;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.ListTestSuiteBuilder;
import com.google.common.collect.testing.QueueTestSuiteBuilder;
import com.google.common.collect.testing.SetTestSuiteBuilder;
import com.google.common.collect.testing.TestStringListGenerator;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.TestStringQueueGenerator;
import com.google.common.collect.testing.TestStringSetGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.ListFeature;
import com.google.common.collect.testing.features.MapFeature;
import com.google.common.collect.testing.testers.ListListIteratorTester;
import io.sluice.pool.connection.Address;
import io.sluice.pool.manager.Manager.Options;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Queue;
import java.util.Set;
import junit.extensions.TestSetup;
import junit.framework.Test;
import junit.framework.TestSuite;
import org.junit.runner.RunWith;
import org.junit.runners.AllTests;

/// The general contracts of the collections: the suites of guava-testlib, on managed collections over a Unix-domain
/// socket; that of maps over TCP too. The server is in this JVM, so each call goes through the socket and back.
@RunWith(AllTests.class)
public final class GuavaSuitesTest {
    private static Manager unix;
    private static Manager tcp;

    private GuavaSuitesTest() {}

    /// The suites, with servers that end after the last one.
    ///
    /// @return the tests
    public static Test suite() {
        return new TestSetup(suites()) {
            @Override
            protected void setUp() throws Exception {
                unix = Manager.serve(Options.defaults());
                tcp = Manager.serve(Options.defaults().withAddress(Address.tcp("127.0.0.1", 0)));
            }

            @Override
            protected void tearDown() {
                unix.close();
                tcp.close();
            }
        };
    }

    private static TestSuite suites() {
        TestSuite suite = new TestSuite("managed collections");
        suite.addTest(maps("ManagedMap over a Unix-domain socket", false));
        suite.addTest(maps("ManagedMap over TCP", true));
        suite.addTest(ListTestSuiteBuilder.using(new Lists())
                .named("ManagedList")
                .withFeatures(CollectionSize.ANY, ListFeature.GENERAL_PURPOSE, CollectionFeature.ALLOWS_NULL_VALUES)
                .suppressing(Boolean.getBoolean("sluice.campaign") ? List.of()
                        : List.of(ListListIteratorTester.getListIteratorFullyModifiableMethod()))    // takes longest
                .createTestSuite());
        suite.addTest(SetTestSuiteBuilder.using(new Sets())
                .named("ManagedSet")
                .withFeatures(CollectionSize.ANY, CollectionFeature.GENERAL_PURPOSE)
                .createTestSuite());
        suite.addTest(QueueTestSuiteBuilder.using(new Queues())
                .named("ManagedDeque")
                .withFeatures(CollectionSize.ANY, CollectionFeature.GENERAL_PURPOSE, CollectionFeature.KNOWN_ORDER)
                .createTestSuite());
        return suite;
    }

    private static Test maps(String name, boolean overTcp) {
        return ConcurrentMapTestSuiteBuilder.using(new Maps(overTcp))
                .named(name)
                .withFeatures(overTcp ? CollectionSize.SEVERAL : CollectionSize.ANY, MapFeature.GENERAL_PURPOSE,
                        CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
                .createTestSuite();
    }

    private static final class Maps extends TestStringMapGenerator {
        private final boolean overTcp;

        Maps(boolean overTcp) {
            this.overTcp = overTcp;
        }

        @Override
        protected Map<String, String> create(Entry<String, String>[] entries) {
            Map<String, String> map = (overTcp ? tcp : unix).map();
            for (Entry<String, String> entry : entries) {
                map.put(entry.getKey(), entry.getValue());
            }
            return map;
        }
    }

    private static final class Lists extends TestStringListGenerator {
        @Override
        protected List<String> create(String[] elements) {
            List<String> list = unix.list();
            list.addAll(Arrays.asList(elements));
            return list;
        }
    }

    private static final class Sets extends TestStringSetGenerator {
        @Override
        protected Set<String> create(String[] elements) {
            Set<String> set = unix.set();
            set.addAll(Arrays.asList(elements));
            return set;
        }
    }

    private static final class Queues extends TestStringQueueGenerator {
        @Override
        protected Queue<String> create(String[] elements) {
            Queue<String> deque = unix.deque();
            deque.addAll(Arrays.asList(elements));
            return deque;
        }
    }
}

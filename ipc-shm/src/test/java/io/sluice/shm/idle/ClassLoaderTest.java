package io.sluice.shm.idle;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Waiter;
import io.sluice.shm.linux.Futex;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A copy of the library in a class loader of its own, as in a container of applications.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClassLoaderTest {
    /// The threads that served its waiters end, and nothing else keeps it reachable: no thread-local, no timer.
    @Test
    void waitsKeepNoClassLoader() throws Exception {
        WeakReference<ClassLoader> loader = waitInAnotherLoader();
        while (loader.get() != null) {
            System.gc();
            Thread.sleep(50);    // not for time to pass, but so as not to collect without pause
        }
        assertThat(loader.get()).isNull();
    }

    private static WeakReference<ClassLoader> waitInAnotherLoader() throws Exception {
        List<URL> path = new ArrayList<>();
        var entries = new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator);
        while (entries.hasMoreTokens()) {
            path.add(url(entries.nextToken()));
        }
        URL[] urls = path.toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Runnable waits = (Runnable) loader.loadClass(Waits.class.getName()).getDeclaredConstructor().newInstance();
            assertThat(waits.getClass().getClassLoader()).isSameAs(loader);
            Thread.currentThread().setContextClassLoader(loader);
            try {
                waits.run();
            } finally {
                Thread.currentThread().setContextClassLoader(ClassLoaderTest.class.getClassLoader());
            }
            return new WeakReference<>(loader);
        }
    }

    private static URL url(String entry) throws MalformedURLException {
        return Path.of(entry).toUri().toURL();
    }

    /// Two long waits, by a platform thread and by a virtual one.
    public static final class Waits implements Runnable {
        private static final long LONG_ENOUGH = TimeUnit.MILLISECONDS.toNanos(100);
        private static final Liveness ALONE = new Liveness() {
            @Override
            public int self() {
                return 1;
            }

            @Override
            public void sweep() {}
        };

        /// For the other loader.
        public Waits() {}

        @Override
        public void run() {
            try {
                Thread.ofVirtual().start(Waits::await).join();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
            await();
        }

        private static void await() {
            long word = Arena.global().allocate(8, 8).address();
            Memory.putInt(word, 0);
            boolean _ = new Waiter(new EventCount(word, Futex.INSTANCE), ALONE, WaitStrategy.PARK, Wait.UNREPORTED)
                    .awaitUninterruptibly(() -> false, Waiter.deadline(LONG_ENOUGH));
        }
    }
}

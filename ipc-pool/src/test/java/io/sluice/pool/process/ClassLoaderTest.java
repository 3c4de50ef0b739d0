package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.TaskOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReadWriteLock;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.value.SharedLong;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sluice in a class loader of its own, as in an application server: when all objects are closed, nothing of the JVM
/// keeps the loader, be it a hook, a thread, a timer, a thread-local or a cache.
class ClassLoaderTest {
    /// Found by its name, in the other loader. No AssertJ there, which would keep the loader itself.
    public abstract static class Program implements Runnable {
        @Override
        public void run() {
            try {
                work();
            } catch (Exception unexpected) {
                throw new IllegalStateException(unexpected);
            }
        }

        abstract void work() throws Exception;

        static void check(boolean right, Object what) {
            if (!right) {
                throw new IllegalStateException(what.toString());
            }
        }
    }

    /// A process that captures a shared object.
    public static final class Processes extends Program {
        @Override
        void work() throws Exception {
            try (SharedSpace space = SharedSpace.openTemporary("class-loader-" + ProcessHandle.current().pid());
                    SharedLong sum = space.longValue("sum", 40);
                    JavaProcess process = JavaProcess.builder(() -> sum.addAndGet(2))
                            .classPath(System.getProperty("java.class.path"))
                            .stdout(Redirect.DISCARD).stderr(Redirect.DISCARD).start()) {
                check(process.join().isSuccess() && sum.get() == 42, process);
            }
        }
    }

    /// Shared objects, waits of platform and virtual threads among them.
    public static final class Objects extends Program {
        @Override
        void work() throws Exception {
            try (SharedSpace space = SharedSpace.openTemporary("class-loader-" + ProcessHandle.current().pid());
                    SharedQueue<Integer> queue = space.queue("queue", Codec.ints(), 4);
                    SharedLock lock = space.lock("lock");
                    SharedReadWriteLock readWriteLock = space.readWriteLock("read-write-lock");
                    SharedEvent event = space.event("event");
                    SharedBarrier barrier = space.barrier("barrier", 1)) {
                queue.put(1);
                check(queue.take() == 1, queue);
                lock.lock();
                try {
                    check(queue.isEmpty(), queue);
                } finally {
                    lock.unlock();
                }
                readWriteLock.readLock().lock();
                try {
                    check(queue.isEmpty(), queue);
                } finally {
                    readWriteLock.readLock().unlock();
                }
                check(barrier.await() == 0, barrier);
                check(!event.await(5, TimeUnit.MILLISECONDS), event);
                List<String> failures = new ArrayList<>();
                Thread.ofVirtual().start(() -> {
                    try {
                        check(!event.await(5, TimeUnit.MILLISECONDS), event);
                    } catch (InterruptedException | RuntimeException unexpected) {
                        failures.add(unexpected.toString());
                    }
                }).join();
                check(failures.isEmpty(), failures);
            }
        }
    }

    /// A pool, with a map and a task that is over before its deadline.
    public static final class Pools extends Program {
        @Override
        void work() throws Exception {
            try (ProcessPool pool = ProcessPool.builder().workers(1)
                    .classPath(System.getProperty("java.class.path")).build()) {
                List<Integer> sums = pool.map(x -> x + 1, List.of(1, 2));
                check(sums.equals(List.of(2, 3)), sums);
                int answer = pool.submit(() -> 42, TaskOptions.defaults().withDeadline(Duration.ofHours(1))).get();
                check(answer == 42, answer);
            }
        }
    }

    private static WeakReference<ClassLoader> runInALoaderOfItsOwn(Class<?> type) throws Exception {
        List<URL> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            path.add(Path.of(entry).toUri().toURL());
        }
        try (var loader = new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> program = loader.loadClass(type.getName());
            assertThat(program.getClassLoader()).isSameAs(loader);
            ClassLoader usual = Thread.currentThread().getContextClassLoader();
            Thread.currentThread().setContextClassLoader(loader);
            try {
                ((Runnable) program.getDeclaredConstructor().newInstance()).run();
            } finally {
                Thread.currentThread().setContextClassLoader(usual);
            }
            return new WeakReference<>(loader);
        }
    }

    /// In a JVM of its own, which clears soft references at each collection: caches of the JDK hold classes softly. Those
    /// of serialization hold the class of a cleared reference until their next use.
    @ParameterizedTest
    @ValueSource(classes = {Processes.class, Objects.class, Pools.class})
    void aLoaderWhoseObjectsAreClosedIsGarbage(Class<?> program, @TempDir Path folder) throws Exception {
        Path output = folder.resolve("output");
        int code = Jvms.runCommand(output, List.of("-XX:SoftRefLRUPolicyMSPerMB=0", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-Xmx128m", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), ClassLoaderTest.class.getName(), program.getName()));
        assertThat(code).as(Files.readString(output)).isZero();
    }

    private static void useSerialization() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(1);
            out.flush();
            try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                assertThat(in.readObject()).isEqualTo(1);
            }
        } catch (IOException | ClassNotFoundException impossible) {
            throw new AssertionError(impossible);
        }
    }

    public static void main(String[] arguments) throws Exception {
        WeakReference<ClassLoader> loader = runInALoaderOfItsOwn(Class.forName(arguments[0]));
        try {
            Jvms.until("the loader is garbage", () -> {
                System.gc();
                useSerialization();
                return loader.get() == null;
            });
        } catch (AssertionError reachable) {
            Thread.getAllStackTraces().forEach((thread, stack) -> System.out.println(
                    thread + ", loader " + thread.getContextClassLoader() + ": " + Arrays.toString(stack)));
            throw reachable;
        }
        System.exit(0);
    }
}

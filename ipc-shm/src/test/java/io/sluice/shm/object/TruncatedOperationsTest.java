package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.OwnJvm;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.GuardedHandle;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every public operation of every handle, found by reflection, on an object whose file was truncated: the exception
/// that names the object, at each call.
///
/// The methods run here for the first time, so the interpreter runs them, over accesses that may be compiled. What
/// compiled operations do: see [io.sluice.core.memory.MemoryFault].
@Timeout(60)
@SuppressWarnings("JavaUtilDate")       // a condition waits until one
class TruncatedOperationsTest {
    /// Methods that other tests cover, and those of every Java object.
    private static final Set<String> OTHER = Set.of("close", "unlink", "copySpec", "open", "equals", "hashCode", "wait",
            "notify", "notifyAll");
    /// Methods that read and write no shared memory.
    private static final Set<String> QUIET =
            Set.of("guard", "condition", "producer", "consumer", "subscribe", "leaseTimeout");

    private static final Map<String, Function<SharedSpace, List<Object>>> HANDLES = Map.ofEntries(
            Map.entry("queue", space -> List.of(space.queue("x", Codec.longs(), 8))),
            Map.entry("task-queue", space -> List.of(space.taskQueue("x", Codec.longs(), 8))),
            Map.entry("ring one-to-one", space -> ring(space, RingOptions.oneToOne(8))),
            Map.entry("ring many-to-many", space -> ring(space, RingOptions.manyToMany(8))),
            Map.entry("ring broadcast", space -> ring(space, RingOptions.broadcast(8))),
            Map.entry("pipe", space -> {
                var pipe = space.pipe("x", Codec.longs());
                return List.of(pipe.first(), pipe.second());
            }),
            Map.entry("service", space -> List.of(space.service("x", Codec.longs(), Codec.longs()))),
            Map.entry("lock", space -> {
                var lock = space.lock("x");
                return List.of(lock, lock.condition(0));
            }),
            Map.entry("reentrant-lock", space -> List.of(space.reentrantLock("x"))),
            Map.entry("read-write-lock", space -> {
                var lock = space.readWriteLock("x");
                return List.of(lock, lock.readLock(), lock.writeLock());
            }),
            Map.entry("semaphore", space -> List.of(space.semaphore("x", 2))),
            Map.entry("event", space -> List.of(space.event("x"))),
            Map.entry("latch", space -> List.of(space.countDownLatch("x", 2))),
            Map.entry("barrier", space -> List.of(space.barrier("x", 2))),
            Map.entry("long", space -> guarded(space.longValue("x", 2))),
            Map.entry("int", space -> guarded(space.intValue("x", 2))),
            Map.entry("double", space -> guarded(space.doubleValue("x", 2))),
            Map.entry("boolean", space -> guarded(space.booleanValue("x", true))),
            Map.entry("value", space -> guarded(space.value("x", Codec.longs(), 2L))),
            Map.entry("record array", space -> guarded(space.recordArray("x", Codec.longs(), 8, 2L))),
            Map.entry("byte array", space -> guarded(space.byteArray("x", 1000))),
            Map.entry("short array", space -> guarded(space.shortArray("x", 1000))),
            Map.entry("char array", space -> guarded(space.charArray("x", 1000))),
            Map.entry("int array", space -> guarded(space.intArray("x", 1000))),
            Map.entry("long array", space -> guarded(space.longArray("x", 1000))),
            Map.entry("float array", space -> guarded(space.floatArray("x", 1000))),
            Map.entry("double array", space -> guarded(space.doubleArray("x", 1000))));

    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    private static List<Object> ring(SharedSpace space, RingOptions options) {
        var ring = space.ring("x", options);
        RingProducer producer = ring.producer();
        RingConsumer consumer = options.equals(RingOptions.broadcast(8))
                ? ring.subscribe(SlowConsumer.DROP) : ring.consumer();
        Claim claim = new Claim();
        assertThat(producer.tryClaim(claim, 1, 8)).isTrue();
        claim.commit();
        return List.of(consumer, producer, ring);
    }

    private static List<Object> guarded(GuardedHandle handle) {
        return List.of(handle, handle.lock());
    }

    private static void truncate(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    /// In an interpreting JVM: HotSpot reports a fault of a single word late in compiled code, perhaps in its caller.
    @Test
    void everyOperationNamesTheObject() throws IOException, InterruptedException {
        var _ = OwnJvm.run(Interpreted.class, List.of("-Xint"));
    }

    /// Runs in a JVM of its own.
    static final class Interpreted {
        private Interpreted() {}

        public static void main(String[] arguments) {
            int failures = 0;
            for (String kind : new TreeSet<>(HANDLES.keySet())) {
                var test = new TruncatedOperationsTest();
                try {
                    test.checkOperations(kind);
                    test.checkCompareAndSet();
                } catch (IOException | AssertionError | RuntimeException failed) {
                    failures++;
                    System.out.println(kind + ": " + failed);
                } finally {
                    test.removeEverything();
                }
            }
            System.exit(failures);
        }
    }

    private void checkOperations(String kind) throws IOException {
        SharedSpace space = SharedSpace.open("s", SpaceOptions.under(root.path()));
        List<Object> handles = HANDLES.get(kind).apply(space);
        truncate(space.path().resolve("x"));
        List<String> wrong = new ArrayList<>();
        for (Object handle : handles) {
            int named = 0;
            for (Method method : operations(handle)) {
                for (int call = 1; call <= 2; call++) {
                    Throwable thrown = call(handle, method);
                    if (isNamed(thrown)) {
                        named++;
                    } else if (!isMisuse(thrown)
                            && (thrown != null || (mustTouch(method) && !isQuiet(kind, method)))) {
                        wrong.add("call %d of %s: %s".formatted(call, method, thrown));
                    }
                }
            }
            assertThat(named).as("%s: calls that named the object, beside %s", handle.getClass(), wrong)
                    .isGreaterThan(3);
        }
        assertThat(wrong).isEmpty();
        assertThatThrownBy(space::close).matches(TruncatedOperationsTest::isNamed);
        assertThat(SpaceView.of(root.path(), "s").owners()).noneMatch(SpaceInfo.Owner::alive);
    }

    private static boolean isNamed(Throwable thrown) {
        return thrown instanceof CorruptObjectException
                && thrown.getMessage().contains("'x' was truncated while it was open")
                && thrown.getCause() instanceof InternalError;
    }

    private static List<Method> operations(Object handle) {
        Class<?> type = switch (handle) {
            case RingConsumer _ -> RingConsumer.class;
            case RingProducer _ -> RingProducer.class;
            default -> handle.getClass();
        };
        return Stream.of(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !OTHER.contains(method.getName()))
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    /// Misuse, such as an unlock without a lock: the handle finds it in its own state.
    private static boolean isMisuse(Throwable thrown) {
        return thrown instanceof UnsupportedOperationException || thrown instanceof IllegalStateException
                || thrown instanceof IllegalMonitorStateException;
    }

    /// A claim of an only producer, with room known, touches no memory of the ring; its commit does.
    private static boolean isQuiet(String kind, Method method) {
        return QUIET.contains(method.getName())
                || (kind.equals("ring one-to-one") && method.getName().equals("tryClaim"));
    }

    /// A method without parameters that returns a value may return a constant of the object.
    private static boolean mustTouch(Method method) {
        return method.getParameterCount() > 0 || method.getReturnType() == void.class;
    }

    private static Throwable call(Object handle, Method method) {
        method.setAccessible(true);
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        long next = 0;
        for (int i = 0; i < types.length; i++) {
            arguments[i] = argument(types[i], next);
            next += types[i] == long.class ? 1 : 0;
        }
        try {
            method.invoke(handle, arguments);
            return null;
        } catch (InvocationTargetException failed) {
            return failed.getCause();
        } catch (IllegalArgumentException notMadeHere) {
            return new UnsupportedOperationException("this test cannot make its arguments", notMadeHere);
        } catch (IllegalAccessException impossible) {
            return impossible;
        }
    }

    private static Object argument(Class<?> type, long number) {
        if (type == long.class) {
            return number;
        }
        if (type.isPrimitive()) {
            return type == boolean.class ? true
                    : type == char.class ? (Object) 'a'
                    : Array.get(arrayOfOne(type), 0);
        }
        if (type.isArray()) {
            return Array.newInstance(type.componentType(), 8);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type == Claim.class) {
            return new Claim();
        }
        if (type == Duration.class) {
            return Duration.ofMillis(1);
        }
        if (type == Date.class) {
            return new Date();
        }
        if (type == ByteBuffer.class) {
            return ByteBuffer.allocate(64);
        }
        if (DirectBuffer.class.isAssignableFrom(type)) {
            return new ExpandableMemoryBuffer(64);
        }
        if (Collection.class.isAssignableFrom(type)) {
            return new ArrayList<>(List.of(1L));
        }
        if (type.isInterface()) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, LIKE_NOTHING);
        }
        return 1L;
    }

    private static Object arrayOfOne(Class<?> number) {
        Object array = Array.newInstance(number, 1);
        Array.setByte(array, 0, (byte) 1);       // widens to each number type
        return array;
    }

    /// A function, a handler, a predicate.
    private static final InvocationHandler LIKE_NOTHING = (proxy, method, arguments) -> 
            method.getDeclaringClass() == IntFunction.class ? new Object[0]
                    : method.getReturnType() == void.class ? null
                    : method.getReturnType().isPrimitive() ? argument(method.getReturnType(), 1) : (Object) 1L;

    /// A copy names its source.
    @Test
    void aCopyNamesItsSource() throws IOException {
        SharedSpace space = SharedSpace.open("s", SpaceOptions.under(root.path()));
        List<GuardedHandle> sources = List.of(space.longValue("x", 1), space.value("y", Codec.longs(), 1L),
                space.longArray("z", 1000));
        for (GuardedHandle source : sources) {
            truncate(space.path().resolve(source.name()));
            assertThatThrownBy(() -> space.copy(source, "copy"))
                    .isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("'%s' was truncated".formatted(source.name()));
        }
        assertThatThrownBy(space::close).isInstanceOf(CorruptObjectException.class);
    }

    /// A compare-and-set is the first access after the truncation: the JVM lives.
    private void checkCompareAndSet() throws IOException {
        SharedSpace space = SharedSpace.open("t", SpaceOptions.under(root.path()));
        var number = space.longValue("x", 1);
        truncate(space.path().resolve("x"));
        assertThatThrownBy(() -> number.compareAndSet(1, 2)).matches(TruncatedOperationsTest::isNamed);
        assertThatThrownBy(space::close).matches(TruncatedOperationsTest::isNamed);
    }

    /// An error of a handler is not about the truncated object, and stays itself.
    @Test
    void errorsOfUsersArePassedOn() throws IOException {
        SharedSpace space = SharedSpace.open("s", SpaceOptions.under(root.path()));
        var ring = space.ring("healthy", RingOptions.oneToOne(8));
        ring(space, RingOptions.oneToOne(8));
        truncate(space.path().resolve("x"));
        InternalError own = new InternalError("of the handler");
        RingProducer producer = ring.producer();
        Claim claim = new Claim();
        assertThat(producer.tryClaim(claim, 1, 8)).isTrue();
        claim.commit();
        RingConsumer consumer = ring.consumer();
        assertThatThrownBy(() -> consumer.read((type, buffer, index, length) -> {
            throw own;
        }, 1)).isSameAs(own);
        assertThatThrownBy(space::close).matches(TruncatedOperationsTest::isNamed);
    }

    /// A wait that is under way when the file is truncated ends.
    @Test
    void aWaiterIsTold() throws Exception {
        SharedSpace space = SharedSpace.open("s", SpaceOptions.under(root.path()));
        var event = space.event("x");
        Throwable[] thrown = new Throwable[1];
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                event.await();
            } catch (Throwable failure) {
                thrown[0] = failure;
            }
        });
        while (waiter.getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }
        truncate(space.path().resolve("x"));
        waiter.join();
        assertThat(thrown[0]).matches(TruncatedOperationsTest::isNamed);
        assertThatThrownBy(space::close).matches(TruncatedOperationsTest::isNamed);
    }
}

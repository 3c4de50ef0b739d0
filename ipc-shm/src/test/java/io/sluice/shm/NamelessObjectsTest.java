package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.LockOptions;
import io.sluice.shm.pipe.PipeOptions;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.service.ServiceOptions;
import io.sluice.shm.space.HandleAction;
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.OpenMode;
import io.sluice.shm.space.SpaceOptions;
import io.sluice.shm.value.SharedLong;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Objects to which only handles lead, and how a name is created or attached to.
class NamelessObjectsTest extends HandleTest {
    /// A kind that is added later cannot be forgotten here.
    @Test
    void everyFactoryMethodComesWithoutAName() {
        List<Method> named = Arrays.stream(SharedSpace.class.getMethods())
                .filter(method -> ObjectHandle.class.isAssignableFrom(method.getReturnType())
                        && Arrays.asList(method.getParameterTypes()).contains(String.class))
                .toList();
        assertThat(named).hasSizeGreaterThan(30).allSatisfy(method -> {
            List<Class<?>> parameters = new ArrayList<>(List.of(method.getParameterTypes()));
            parameters.remove(String.class);
            assertThat(SharedSpace.class.getMethod(method.getName(), parameters.toArray(Class<?>[]::new))
                    .getReturnType()).isEqualTo(method.getReturnType());
        });
    }

    private static Map<String, Function<SharedSpace, ObjectHandle>> oneOfEachKind() {
        Map<String, Function<SharedSpace, ObjectHandle>> kinds = new LinkedHashMap<>();
        kinds.put("queue-", space -> space.queue(Codec.strings(), 4));
        kinds.put("task-queue-", space -> space.taskQueue(Codec.strings(), 4));
        kinds.put("ring-", space -> space.ring(RingOptions.oneToOne(8)));
        kinds.put("pipe-", space -> space.pipe());
        kinds.put("service-", space -> space.service(Codec.ints(), Codec.strings()));
        kinds.put("lock-", SharedSpace::lock);
        kinds.put("reentrant-lock-", SharedSpace::reentrantLock);
        kinds.put("read-write-lock-", SharedSpace::readWriteLock);
        kinds.put("semaphore-", space -> space.semaphore(2));
        kinds.put("event-", SharedSpace::event);
        kinds.put("count-down-latch-", space -> space.countDownLatch(2));
        kinds.put("barrier-", space -> space.barrier(2));
        kinds.put("long-value-", space -> space.longValue(7));
        kinds.put("value-", space -> space.value(Codec.longs(), 7L));
        kinds.put("record-array-", space -> space.recordArray(Codec.longs(), 3, 7L));
        kinds.put("byte-array-", space -> space.byteArray(3));
        kinds.put("copy-", space -> space.copy(space.intArray(3)));
        return kinds;
    }

    /// Also in a space that is not temporary, two of the same kind are two objects, each is removed with its last
    /// handle, and one that travels is the same object.
    @Test
    void namelessObjectsAreTemporaryAndTravel() {
        oneOfEachKind().forEach((name, kind) -> {
            ObjectHandle first = kind.apply(space);
            ObjectHandle second = kind.apply(space);
            ObjectHandle arrived = travelled(first);
            first.close();
            second.close();
            assertThat(space.list()).filteredOn(object -> object.name().startsWith(name))
                    .singleElement().matches(ObjectInfo::temporary);
            arrived.close();
            assertThat(space.list()).noneMatch(object -> object.name().startsWith(name));
        });
    }

    /// A child uses a queue, a ring, a pipe, an event and a number that have no names, by handles that it was given.
    @Test
    void capturedHandlesLeadToNamelessObjects() throws Exception {
        SharedQueue<String> queue = space.queue(Codec.strings(), 4);
        SharedPipe<String> pipe = space.pipe(Codec.strings());
        SharedRing ring = space.ring(RingOptions.oneToOne(8));
        SharedEvent event = space.event();
        SharedLong number = space.longValue(40);
        Reply<Object> reply = peer().start(desk -> {
            queue.put("hello");
            number.addAndGet(2);
            try (var producer = ring.producer()) {
                Claim claim = new Claim();
                producer.claim(claim, 1, Long.BYTES);
                claim.buffer().putLong(0, 17);
                claim.commit();
            }
            try (var second = pipe.second()) {
                second.send("by pipe");
            }
            event.set();
            return null;
        });
        event.await();
        reply.get();
        assertThat(queue.take()).isEqualTo("hello");
        assertThat(number.get()).isEqualTo(42);
        try (var consumer = ring.consumer(); var first = pipe.first()) {
            assertThat(consumer.drain((type, buffer, index, length) -> {})).isEqualTo(1);
            assertThat(first.receive()).isEqualTo("by pipe");
        }
    }

    /// Killed with nameless objects in a space that is not temporary, a process leaves nothing that lasts: what opens
    /// or lists any space under the root removes it.
    @Test
    void namelessObjectsOfAKilledProcessGo() {
        String home = root;
        Peer dying = sandbox.peer();
        dying.call(desk -> {
            desk.keep("queue", SharedSpace.open("other", SpaceOptions.under(Path.of(home))).queue(Codec.strings(), 4));
            return null;
        });
        assertThat(Path.of(home, "other")).exists();
        dying.close();
        SharedSpace.open("third", SpaceOptions.under(Path.of(home))).close();
        assertThat(Path.of(home, "other")).doesNotExist();
    }

    /// Its name leads other processes to it, and nothing is left when it is closed.
    @Test
    void aTemporarySpaceNeedsNoName() {
        Path path;
        try (SharedSpace own = SharedSpace.openTemporary(); SharedSpace other = SharedSpace.openTemporary()) {
            assertThat(own.name()).isNotEqualTo(other.name()).startsWith("temporary-");
            path = own.path();
            own.queue(Codec.ints(), 4).add(1);
            own.queue("named", Codec.ints(), 4).add(2);
            assertThat(path).isNotEmptyDirectory();
        }
        assertThat(path).doesNotExist();
    }

    /// The creator decides whether an object is temporary: by name, any opening of its space attaches to it, and it
    /// stays what it was.
    @Test
    void attachingNeedsNotKnowWhatIsTemporary() {
        try (SharedSpace temporary = SharedSpace.openTemporary();
                SharedSpace plain = SharedSpace.open(temporary.name())) {
            SharedLong created = temporary.longValue("t", 1);
            SharedLong attached = plain.longValue("t", 9);
            created.set(2);
            assertThat(attached.get()).isEqualTo(2);
            SharedLong lasting = plain.longValue("p", 3);
            SharedLong again = temporary.longValue("p", 9);
            assertThat(again.get()).isEqualTo(3);
            created.close();
            attached.close();
            lasting.close();
            again.close();
            assertThat(plain.list()).extracting(ObjectInfo::name).containsExactly("p");
            plain.unlink("p");
        }
    }

    /// Create only, attach only, or either: for every kind, by the same words.
    @Test
    void everyKindIsCreatedOrAttachedToAsRequested() throws Throwable {
        SharedSpace creates = space.with(OpenMode.CREATE);
        SharedSpace attaches = space.with(OpenMode.ATTACH);
        for (Method factory : SharedSpace.class.getMethods()) {
            if (!ObjectHandle.class.isAssignableFrom(factory.getReturnType()) || factory.getName().equals("copy")
                    || factory.getParameterCount() == 0 || factory.getParameterTypes()[0] != String.class) {
                continue;
            }
            Object[] arguments = Arrays.stream(factory.getParameterTypes()).map(NamelessObjectsTest::any).toArray();
            assertThatThrownBy(() -> invoked(factory, attaches, arguments)).isInstanceOf(NoSuchObjectException.class)
                    .hasMessageContaining("'o': nothing in space '" + Sandbox.SPACE + "' has this name");
            ObjectHandle created = invoked(factory, creates, arguments);
            assertThatThrownBy(() -> invoked(factory, creates, arguments)).isInstanceOf(ObjectExistsException.class)
                    .hasMessageContaining("'o' exists");
            invoked(factory, attaches, arguments).close();
            invoked(factory, space, arguments).close();
            created.close();
            space.unlink("o");
        }
    }

    private static ObjectHandle invoked(Method factory, SharedSpace on, Object[] arguments) throws Throwable {
        try {
            return (ObjectHandle) factory.invoke(on, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static Object any(Class<?> type) {
        Map<Class<?>, Supplier<Object>> values = Map.ofEntries(
                Map.entry(String.class, () -> "o"),
                Map.entry(Codec.class, Codec::longs),
                Map.entry(int.class, () -> 64),
                Map.entry(long.class, () -> 2L),
                Map.entry(double.class, () -> 1.0),
                Map.entry(boolean.class, () -> true),
                Map.entry(Object.class, () -> 7L),
                Map.entry(RingOptions.class, () -> RingOptions.oneToOne(8)),
                Map.entry(QueueOptions.class, () -> QueueOptions.of(8)),
                Map.entry(PipeOptions.class, PipeOptions::defaults),
                Map.entry(ServiceOptions.class, ServiceOptions::defaults),
                Map.entry(LockOptions.class, LockOptions::defaults),
                Map.entry(SemaphoreOptions.class, () -> SemaphoreOptions.of(1)),
                Map.entry(HandleAction.class, () -> (HandleAction) () -> {}));
        return values.get(type).get();
    }

    /// Closing a view of the space closes the space.
    @Test
    void aViewIsTheSameOpening() {
        SharedSpace opened = SharedSpace.open("view", SpaceOptions.under(Path.of(root)));
        SharedQueue<Integer> queue = opened.queue("q", Codec.ints(), 1);
        opened.with(OpenMode.ATTACH).close();
        opened.close();
        assertThatThrownBy(() -> queue.add(1)).isInstanceOf(IllegalStateException.class);
        new SpaceRoot(Path.of(root)).unlink("view", "q");
    }
}

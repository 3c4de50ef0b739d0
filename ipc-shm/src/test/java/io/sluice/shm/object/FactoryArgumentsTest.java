package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.LockOptions;
import io.sluice.shm.pipe.PipeOptions;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.service.ServiceOptions;
import io.sluice.shm.space.HandleAction;
import io.sluice.shm.space.ObjectHandle;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Factories check all arguments before they make anything: one that refuses leaves no file, and no name taken.
class FactoryArgumentsTest {
    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    @Test
    void aFactoryThatRefusesAnArgumentLeavesNothing() throws Exception {
        var refused = new TreeSet<String>();
        try (SharedSpace space = sandbox.open()) {
            List<String> before = files(space);
            for (Method factory : factories()) {
                assertThat(isRefused(space, factory, good(factory))).as("%s", factory).isFalse();
                for (Object[] arguments : spoiled(factory)) {
                    boolean hasNull = Arrays.asList(arguments).contains(null);
                    if (isRefused(space, factory, arguments)) {
                        refused.add(factory.getName());
                    } else {
                        // The action of a barrier may be absent.
                        assertThat(hasNull && !factory.getName().equals("barrier"))
                                .as("%s took %s", factory, Arrays.toString(arguments)).isFalse();
                    }
                    assertThat(files(space)).as("%s%s", factory, Arrays.toString(arguments)).isEqualTo(before);
                }
            }
        }
        assertThat(refused).contains("queue", "taskQueue", "ring", "pipe", "service", "lock", "semaphore",
                "countDownLatch", "barrier", "value", "recordArray", "longArray");
    }

    private static List<Method> factories() {
        return Arrays.stream(SharedSpace.class.getMethods())
                .filter(method -> ObjectHandle.class.isAssignableFrom(method.getReturnType()))
                .filter(method -> method.getParameterCount() > 0 && method.getParameterTypes()[0] == String.class)
                .toList();
    }

    /// Whether the call is refused; if not, the new object is removed.
    private static boolean isRefused(SharedSpace space, Method factory, Object[] arguments) throws Exception {
        try (ObjectHandle made = (ObjectHandle) factory.invoke(space, arguments)) {
            assertThat(made).isNotNull();
        } catch (InvocationTargetException refusal) {
            return true;
        }
        assertThat(space.unlink("it")).isTrue();
        return false;
    }

    /// Arguments of which one is invalid: null, negative, zero, or beyond all memory.
    private static List<Object[]> spoiled(Method factory) {
        Class<?>[] types = factory.getParameterTypes();
        Object[] good = good(factory);
        List<Object[]> all = new ArrayList<>();
        for (int i = 0; i < types.length; i++) {
            for (Object bad : bad(types[i])) {
                Object[] arguments = good.clone();
                arguments[i] = bad;
                all.add(arguments);
            }
        }
        return all;
    }

    private static Object[] good(Method factory) {
        return Arrays.stream(factory.getParameterTypes()).map(FactoryArgumentsTest::good).toArray();
    }

    private static Object good(Class<?> type) {
        return type == String.class ? "it"
                : type == int.class ? (Object) 64
                : type == long.class ? (Object) 64L
                : type == double.class ? (Object) 1.0
                : type == boolean.class ? (Object) true
                : type == Codec.class ? Codec.longs()
                : type == QueueOptions.class ? QueueOptions.of(16)
                : type == PipeOptions.class ? PipeOptions.defaults()
                : type == RingOptions.class ? RingOptions.oneToOne(16)
                : type == ServiceOptions.class ? ServiceOptions.defaults()
                : type == LockOptions.class ? LockOptions.defaults()
                : type == SemaphoreOptions.class ? SemaphoreOptions.of(1)
                : type == HandleAction.class ? (HandleAction) () -> {}
                : 7L;
    }

    private static List<Object> bad(Class<?> type) {
        return type == int.class ? List.of(-1, 0, Integer.MIN_VALUE)
                : type == long.class ? List.of(-1L, 0L, Long.MIN_VALUE, Long.MAX_VALUE)
                : type.isPrimitive() ? List.of() : Arrays.asList((Object) null);
    }

    private static List<String> files(SharedSpace space) throws IOException {
        try (var files = Files.list(space.path())) {
            return files.map(Path::getFileName).map(Path::toString).sorted().toList();
        }
    }
}

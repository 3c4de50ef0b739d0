package io.sluice.shm.element;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.core.codec.Codec;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.space.SpaceOptions;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A JVM with 64 MiB of direct memory, a small heap and 200 descriptors, in which each of them is used up: an object
/// whose operation fails is unchanged, and works again when the resource is available.
@Timeout(120)
class ShortageTest {
    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    @Test
    void queuesAndPipesSurviveWantOfMemoryAndDescriptors() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process child = new ProcessBuilder("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh", java,
                "-XX:MaxDirectMemorySize=64m", "-Xmx300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Child.class.getName(), sandbox.root()).redirectErrorStream(true).start();
        try {
            String output = new String(child.getInputStream().readAllBytes(), UTF_8);
            assertThat(child.waitFor()).as(output).isZero();
            assertThat(output).contains("growth", "memory is given back", "heap", "descriptors");
        } finally {
            child.destroyForcibly();
        }
    }

    /// The JVM of the test.
    static final class Child {
        private static final int LARGE = 40_000_000;

        private final SharedQueue<byte[]> queue;
        private final SharedTaskQueue<byte[]> tasks;
        private final Connection<byte[]> first;
        private final Connection<byte[]> second;

        private Child(SharedSpace space) {
            queue = space.queue("q", Codec.bytes(), 4);
            tasks = space.taskQueue("t", Codec.bytes(), 4);
            SharedPipe<byte[]> pipe = space.pipe("p", Codec.bytes());
            first = pipe.first();
            second = pipe.second();
        }

        public static void main(String[] arguments) throws Exception {
            try (SharedSpace space = SharedSpace.open(Sandbox.SPACE, SpaceOptions.under(Path.of(arguments[0])))) {
                Child child = new Child(space);
                child.growthFailsAndChangesNothing();
                System.out.println("growth");
                child.memoryOfLargeElementsIsGivenBack();
                System.out.println("memory is given back");
                child.anElementThatTheHeapDoesNotHoldStays();
                System.out.println("heap");
                child.anElementStaysWhileThereAreNoDescriptors();
                System.out.println("descriptors");
            }
        }

        private void growthFailsAndChangesNothing() throws Exception {
            byte[] tooLarge = new byte[100_000_000];
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> queue.put(tooLarge)).isInstanceOf(OutOfMemoryError.class);
                assertThatThrownBy(() -> tasks.put(tooLarge)).isInstanceOf(OutOfMemoryError.class);
                assertThatThrownBy(() -> first.send(tooLarge)).isInstanceOf(OutOfMemoryError.class);
                assertThatThrownBy(() -> first.sendBytes(tooLarge)).isInstanceOf(OutOfMemoryError.class);
                pass(200_000);
            }
        }

        private void pass(int length) throws Exception {
            queue.put(new byte[length]);
            assertThat(queue.peek()).hasSize(length);
            assertThat(queue.take()).hasSize(length);
            tasks.put(new byte[length]);
            assertThat(tasks.take()).hasSize(length);
            tasks.taskDone();
            first.send(new byte[length]);
            assertThat(second.receive()).hasSize(length);
            first.sendBytes(new byte[length]);
            assertThat(second.receiveBytes()).hasSize(length);
        }

        private void memoryOfLargeElementsIsGivenBack() throws Exception {
            pass(LARGE);
            BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (direct.getMemoryUsed() > 8 << 20) {
                assertThat(System.nanoTime()).as("%,d bytes are kept", direct.getMemoryUsed()).isLessThan(end);
                System.gc();
                Thread.sleep(10);
            }
            pass(LARGE);
        }

        /// The error is thrown by the library's own codec, which allocates the array.
        private void anElementThatTheHeapDoesNotHoldStays() throws Exception {
            queue.put(new byte[LARGE]);
            tasks.put(new byte[LARGE]);
            first.send(new byte[LARGE]);
            List<byte[]> heap = new ArrayList<>();
            try {
                while (true) {
                    heap.add(new byte[LARGE / 2]);
                }
            } catch (OutOfMemoryError full) {
                heap.removeLast();       // room for what the tests themselves need
            }
            Class<OutOfMemoryError> expected = OutOfMemoryError.class;
            List<Throwable> thrown = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                thrown.add(catchThrowableOfType(expected, queue::take));
                thrown.add(catchThrowableOfType(expected, queue::poll));
                thrown.add(catchThrowableOfType(expected, tasks::take));
                thrown.add(catchThrowableOfType(expected, second::receive));
            }
            heap.clear();
            assertThat(thrown).hasSize(12).doesNotContainNull();
            assertThat(queue.size() + tasks.size() + tasks.leased()).isEqualTo(2);
            takeAll(LARGE);
        }

        private void takeAll(int length) throws Exception {
            assertThat(queue.poll()).hasSize(length);
            assertThat(tasks.poll()).hasSize(length);
            tasks.taskDone();
            assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
            assertThat(second.receive()).hasSize(length);
        }

        private void anElementStaysWhileThereAreNoDescriptors() throws Exception {
            queue.put(new byte[200_000]);
            tasks.put(new byte[200_000]);
            first.send(new byte[200_000]);
            assertThat(Shortage.isReasonOf(Errno.failure("openat", "x", 24))).isTrue();     // loads the classes
            ByteBuffer target = ByteBuffer.allocate(200_000);
            List<FileInputStream> files = new ArrayList<>();
            List<Throwable> thrown = new ArrayList<>();
            try {
                while (true) {
                    files.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException noneLeft) {
                Class<SystemCallException> expected = SystemCallException.class;
                for (int i = 0; i < 3; i++) {
                    thrown.add(catchThrowableOfType(expected, queue::peek));
                    thrown.add(catchThrowableOfType(expected, queue::take));
                    thrown.add(catchThrowableOfType(expected, () -> queue.drainTo(new ArrayList<>())));
                    thrown.add(catchThrowableOfType(expected, tasks::poll));
                    thrown.add(catchThrowableOfType(expected, second::receive));
                    thrown.add(catchThrowableOfType(expected, () -> queue.offer(new byte[200_000])));
                    thrown.add(catchThrowableOfType(expected, () -> first.send(new byte[200_000])));
                }
            }
            for (FileInputStream file : files) {
                file.close();
            }
            assertThat(thrown).hasSize(21).doesNotContainNull();
            takeAll(200_000);
            first.sendBytes(new byte[200_000]);
            assertThat(second.receiveInto(target)).isEqualTo(200_000);
            pass(200_000);
        }
    }
}

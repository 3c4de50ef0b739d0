package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shm.linux.Pidfd;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Values that the other side wrote into the memory between parent and child are checked before they are used.
class ControlTest {
    private static final int FAILURE_BYTES_AT = 16;
    private static final int ORDER_BYTES_AT = 68;
    private static final int FAILURE_AT = 4096;
    private static final int ORDER_AT = 65536;

    @AfterEach
    void endRemainingProcesses() {
        Jvms.endAll();
    }

    /// Writes a number in native byte order, or in that of a Java stream.
    private static void put(Control control, long at, int value, ByteOrder order) throws IOException {
        try (var file = new RandomAccessFile(control.path().toFile(), "rw")) {
            file.seek(at);
            file.write(ByteBuffer.allocate(Integer.BYTES).order(order).putInt(value).array());
        }
    }

    private static Control withOrder() {
        Control control = Control.create(false);
        ProcessInfo parent = new ProcessInfo("parent", 1, false);
        control.give(new Control.Order("child", true, parent, false, 800, new byte[] {1, 2, 3}));
        return control;
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 1 << 20, Integer.MAX_VALUE})
    void anOrderOfAnImpossibleLengthIsRefusedBeforeAllocation(int length) throws IOException {
        try (Control control = withOrder()) {
            assertThat(control.order().task()).containsExactly(1, 2, 3);
            put(control, ORDER_BYTES_AT, length, ByteOrder.nativeOrder());
            assertThatThrownBy(control::order).isInstanceOf(IOException.class)
                    .hasMessageContaining("expected an order");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 4, Integer.MAX_VALUE})
    void aTaskOfAnImpossibleLengthIsRefused(int length) throws IOException {
        try (Control control = withOrder()) {
            int at = ORDER_AT + 2 + "child".length() + 1 + 2 + "parent".length() + 1 + 1 + Integer.BYTES;
            put(control, at, length, ByteOrder.BIG_ENDIAN);
            assertThatThrownBy(control::order).isInstanceOf(IOException.class)
                    .hasMessageContaining("expected a length");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 70_000, Integer.MAX_VALUE})
    void aFailureOfAnImpossibleLengthIsNone(int length) throws IOException {
        try (Control control = withOrder()) {
            control.failed("type", "message", "trace");
            assertThat(control.failure()).isEqualTo(new Exit.Failed("type", "message", "trace"));
            put(control, FAILURE_AT, length, ByteOrder.BIG_ENDIAN);
            assertThat(control.failure()).isNull();
            assertThat(JavaProcess.exitOf(control, 1, Pidfd.UNKNOWN)).isEqualTo(new Exit.Returned(1));
            control.failed("type", "message", "trace");
            put(control, FAILURE_BYTES_AT, length, ByteOrder.nativeOrder());
            assertThat(control.failure()).isNull();
        }
    }

    /// Two threads of the JVM then race for its exit code.
    @Test
    void aSignalDuringAnEndByReturnHasNoEffect() throws IOException {
        try (Control control = withOrder()) {
            control.signalled(Signals.BY_RETURN);
            control.phase(Control.EXITING);
            int terminated = Signals.EXIT_CODE_BASE + Signals.TERM;
            assertThat(JavaProcess.exitOf(control, terminated, Pidfd.UNKNOWN)).isEqualTo(new Exit.Returned(0));
            assertThat(JavaProcess.exitOf(control, terminated, terminated << Byte.SIZE))
                    .isEqualTo(new Exit.Returned(0));
            assertThat(JavaProcess.exitOf(control, terminated, Signals.TERM)).isEqualTo(new Exit.Killed(Signals.TERM));
            control.signalled(0);
            assertThat(JavaProcess.exitOf(control, terminated, Pidfd.UNKNOWN))
                    .isEqualTo(new Exit.Returned(terminated));
        }
    }

    /// The child can open the memory by the descriptor of the parent, so it may damage it in any way.
    @Test
    void aChildThatDamagesItsMemoryStillEndsForItsParent() throws Exception {
        try (JavaProcess process = Jvms.quiet(() -> {
            String[] arguments = ProcessHandle.current().info().arguments().orElseThrow();
            try (var file = new RandomAccessFile(Path.of(arguments[arguments.length - 1]).toFile(), "rw")) {
                file.setLength(0);
            }
            Runtime.getRuntime().halt(5);
        }).start()) {
            assertThat(process.onExit().get(60, TimeUnit.SECONDS)).isEqualTo(new Exit.Returned(5));
            assertThat(process.exit()).isEqualTo(Optional.of(new Exit.Returned(5)));
            assertThat(process.toString()).contains("exited with code 5");
        }
    }
}

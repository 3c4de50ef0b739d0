package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What follows a message that was written in part: nothing, since the other side would take it for the rest.
@Timeout(60)
class FrameWriterTest {
    private static final FrameWriter.Body BODY = (index, target, count) -> target.put(new byte[count]);

    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() throws Exception {
        scene.close();
    }

    /// A socket that takes a number of bytes, and interrupts the thread that wants to write more.
    private static final class Narrow extends SocketStream {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int room;

        Narrow(SocketChannel channel, int room) throws IOException {
            super(channel);
            this.room = room;
        }

        @Override
        boolean write(ByteBuffer source) {
            while (source.hasRemaining() && room > 0) {
                taken.write(source.get());
                room--;
            }
            if (source.hasRemaining()) {
                Thread.currentThread().interrupt();
            }
            return !source.hasRemaining();
        }
    }

    private Narrow narrow(int room) throws IOException {
        Listener<Object> listener = scene.keep(Listener.open(Address.unix(), scene.key));
        return scene.keep(new Narrow(scene.raw(listener.address()), room));
    }

    @Test
    void nothingFollowsAMessageThatWasInterruptedWithinItsBytes() throws Exception {
        Narrow stream = narrow(7);
        FrameWriter writer = new FrameWriter(stream);
        assertThatThrownBy(() -> writer.write(Frame.BYTES, BODY, 10, Long.MAX_VALUE))
                .isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(writer.wasInterrupted()).isTrue();
        stream.room = 1000;
        assertThatThrownBy(() -> writer.write(Frame.BYTES, BODY, 1, Long.MAX_VALUE)).isInstanceOf(IOException.class)
                .hasMessageContaining("an earlier message was written in part");
        assertThat(writer.writeFarewell(Long.MAX_VALUE)).isFalse();
        assertThat(stream.taken.toByteArray()).containsExactly(0, 0, 0, 10, Frame.BYTES, 0, 0);
    }

    @Test
    void aMessageThatWasInterruptedBeforeItsFirstByteLeavesTheStreamWhole() throws Exception {
        Narrow stream = narrow(0);
        FrameWriter writer = new FrameWriter(stream);
        assertThatThrownBy(() -> writer.write(Frame.BYTES, BODY, 10, Long.MAX_VALUE))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        stream.room = 1000;
        assertThat(writer.write(Frame.BYTES, BODY, 1, Long.MAX_VALUE)).isTrue();
        assertThat(writer.writeFarewell(Long.MAX_VALUE)).isTrue();
        assertThat(stream.taken.toByteArray())
                .containsExactly(0, 0, 0, 1, Frame.BYTES, 0, 0, 0, 0, 0, Frame.FAREWELL);
    }
}

package io.sluice.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/// Messages whose type is their number and whose bytes follow from it; and a handler that checks and collects them.
final class Messages implements MessageHandler {
    private final List<Integer> received = new ArrayList<>();

    static boolean send(RingProducer producer, int number, int length) {
        Claim claim = new Claim();
        if (!producer.tryClaim(claim, number, length)) {
            return false;
        }
        write(claim.buffer(), number, length);
        claim.commit();
        return true;
    }

    static void write(MutableDirectBuffer buffer, int number, int length) {
        for (int i = 0; i < length; i++) {
            buffer.putByte(i, expected(number, i));
        }
    }

    static boolean isWhole(int number, DirectBuffer buffer, int index, int length) {
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(index + i) != expected(number, i)) {
                return false;
            }
        }
        return true;
    }

    private static byte expected(int number, int index) {
        return (byte) (number * 31 + index * 7 + 1);
    }

    @Override
    public void onMessage(int number, MutableDirectBuffer buffer, int index, int length) {
        assertThat(isWhole(number, buffer, index, length)).as("message %d of %d bytes", number, length).isTrue();
        received.add(number);
    }

    /// The numbers received since the last call.
    List<Integer> received() {
        List<Integer> batch = List.copyOf(received);
        received.clear();
        return batch;
    }
}

package io.sluice.bench.link;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.broadcast.BroadcastBufferDescriptor;
import org.agrona.concurrent.broadcast.BroadcastReceiver;
import org.agrona.concurrent.broadcast.BroadcastTransmitter;

/// Agrona's broadcast. Its sender does not wait for receivers and may overwrite a message while it is read, so a
/// receiver copies each message first and validates it then.
record BroadcastLink(AtomicBuffer buffer) implements Link {
    BroadcastLink(Place place) {
        this(place.agronaBuffer(BroadcastBufferDescriptor.TRAILER_LENGTH));
    }

    @Override
    public Sender sender() {
        BroadcastTransmitter transmitter = new BroadcastTransmitter(buffer);
        UnsafeBuffer message = new UnsafeBuffer(new byte[Setting.PAYLOAD_BYTES]);
        return sequence -> {
            Payload.write(message, 0, sequence);
            transmitter.transmit(SequenceHandler.TYPE, message, 0, Setting.PAYLOAD_BYTES);
            return true;
        };
    }

    @Override
    public Receiver receiver() {
        BroadcastReceiver receiver = new BroadcastReceiver(buffer);
        UnsafeBuffer copy = new UnsafeBuffer(new byte[Setting.PAYLOAD_BYTES]);
        SequenceHandler handler = new SequenceHandler();
        return () -> {
            int count = 0;
            while (count < Receiver.READ_LIMIT && receiver.receiveNext()) {
                int length = Math.min(receiver.length(), Setting.PAYLOAD_BYTES);
                copy.putBytes(0, receiver.buffer(), receiver.offset(), length);
                if (receiver.validate()) {
                    handler.onMessage(SequenceHandler.TYPE, copy, 0, length);
                    count++;
                }
            }
            return count;
        };
    }
}

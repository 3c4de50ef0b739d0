package io.sluice.cluster;

import com.hazelcast.cluster.Member;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Values;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.space.ObjectHandle;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.agrona.MutableDirectBuffer;

/// Values as bytes for another host, by the codecs of a local pool. A handle of shared memory is refused: it names
/// memory that only its own host has.
///
/// - **Threads:** any.
final class Wire {
    private final Values values;

    /// @param howToAllow the method that allows one more class, for messages
    Wire(List<String> allowed, String howToAllow) {
        this.values = new Values(allowed, howToAllow);
    }

    private interface Writer {
        int write(MutableDirectBuffer buffer);
    }

    private static byte[] bytes(Writer writer) {
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer();
        try (KeptObjects captured = new KeptObjects()) {
            byte[] bytes = new byte[captured.collect(() -> writer.write(buffer))];
            if (!captured.isEmpty()) {
                throw new CodecException("a handle of shared memory does not travel to another host; open an object of"
                        + " that host there, by its name");
            }
            buffer.getBytes(0, bytes);
            return bytes;
        }
    }

    /// A value.
    ///
    /// @throws CodecException if it does not travel
    byte[] value(Object value) {
        return bytes(buffer -> values.encode(value, buffer, 0));
    }

    /// Elements of a map, each of which travels or fails the whole.
    byte[] elements(Collection<?> elements) {
        return bytes(buffer -> {
            Batch batch = Batch.encodeAll(values, elements);
            return batch.write(0, batch.size(), buffer, 0);
        });
    }

    /// Results of a map, each of which travels or becomes a failure.
    byte[] results(Object[] results, String where) {
        return bytes(buffer -> Batch.encode(values, results, results.length, where, buffer, 0));
    }

    /// A failure, which always travels.
    byte[] failure(Throwable failure, String where) {
        return bytes(buffer -> values.failures().encode(failure, where, buffer, 0));
    }

    Object readValue(byte[] bytes) {
        return values.decode(buffer(bytes), 0, bytes.length, ObjectHandle::close);
    }

    Object[] readAll(byte[] bytes) {
        return Batch.decode(values, buffer(bytes), 0, bytes.length, ObjectHandle::close);
    }

    /// Reads the results of elements.
    ///
    /// @param member that answered
    /// @throws CodecException if there are not as many
    Object[] readResults(byte[] bytes, int elements, Member member) {
        Object[] results = readAll(bytes);
        if (results.length != elements) {
            throw new CodecException(("member %s answered with %,d results, expected %,d; start all members with the"
                    + " same release and class files").formatted(
                            Dispatcher.addressOf(member), results.length, elements));
        }
        return results;
    }

    Throwable readFailure(byte[] bytes) {
        return values.failures().decode(buffer(bytes), 0, bytes.length);
    }

    private static ExpandableMemoryBuffer buffer(byte[] bytes) {
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(Math.max(1, bytes.length));
        buffer.putBytes(0, bytes);
        return buffer;
    }

    /// What a member answers: one byte for the kind, then the rest.
    enum Answer {
        /// A value, or the results of a batch.
        DONE(1),
        /// The failure of the task.
        FAILED(2),
        /// The failure of the worker that ran the task.
        LOST(3),
        /// Nothing: the member takes no tasks, and has not begun this one.
        REFUSED(4);

        private final byte code;

        Answer(int code) {
            this.code = (byte) code;
        }

        byte[] with(byte[] body) {
            byte[] bytes = new byte[1 + body.length];
            bytes[0] = code;
            System.arraycopy(body, 0, bytes, 1, body.length);
            return bytes;
        }

        static Answer of(byte[] bytes) {
            for (Answer answer : values()) {
                if (answer.code == bytes[0]) {
                    return answer;
                }
            }
            throw new CodecException("expected an answer of a member, found one of kind %s".formatted(bytes[0]));
        }

        static byte[] body(byte[] bytes) {
            return Arrays.copyOfRange(bytes, 1, bytes.length);
        }
    }
}

package io.sluice.pool.process;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.pool.codec.Values;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.space.ObjectHandle;
import java.util.List;
import java.util.function.Consumer;

/// Encodes and decodes the task of a new process.
final class TaskBytes {
    private static final Values VALUES = new Values(List.of());

    private TaskBytes() {}

    /// @param kept gets the shared objects that it captured
    static byte[] encode(Object task, KeptObjects kept) {
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(1024);
        byte[] bytes = new byte[kept.collect(() -> VALUES.encode(task, buffer, 0))];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    /// @param handles gets each handle that is opened for the task
    static Object decode(byte[] bytes, Consumer<? super ObjectHandle> handles) {
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(bytes.length);
        buffer.putBytes(0, bytes);
        return VALUES.decode(buffer, 0, bytes.length, handles);
    }
}

package io.sluice.pool.process;

import io.sluice.core.memory.ExpandableMemoryBuffer;
import io.sluice.pool.codec.Values;
import java.util.List;

/// A task as bytes, on its way to a new process.
final class TaskBytes {
    private static final Values VALUES = new Values(List.of());

    private TaskBytes() {}

    static byte[] encode(Object task) {
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(1024);
        byte[] bytes = new byte[VALUES.encode(task, buffer, 0)];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    static Object decode(byte[] bytes) {
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(bytes.length);
        buffer.putBytes(0, bytes);
        return VALUES.decode(buffer, 0, bytes.length);
    }
}

package io.sluice.core.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import org.agrona.DirectBuffer;

/// Reads the components of one record and builds it; see [ReaderAssembler].
abstract class RecordReader {
    /// Reads a record.
    abstract Object read(Source source);

    /// Reads a record that is the whole message.
    Object readMessage(DirectBuffer buffer, int offset, int length) {
        var source = new Source(buffer, offset, length);
        Object record = read(source);
        source.end();
        return record;
    }

    /// Reads a record of any width; allocates boxes and an array for all components.
    static final class Wide extends RecordReader {
        private final RecordFormat format;
        private final Component[] components;
        private final MethodHandle constructor;

        Wide(RecordFormat format, Component[] components, MethodHandle constructor) {
            this.format = format;
            this.components = components;
            this.constructor = constructor.asSpreader(Object[].class, components.length)
                .asType(MethodType.methodType(Object.class, Object[].class));
        }

        @Override
        Object read(Source source) {
            source.enter();
            var values = new Object[components.length];
            int i = 0;
            try {
                for (; i < values.length; i++) {
                    Format part = components[i].format();
                    values[i] = components[i].isPrimitive() ? part.read(source) : part.readNullable(source);
                }
                source.leave();
                return (Object) constructor.invokeExact(values);
            } catch (Throwable e) {
                throw RecordFormat.unreadable(e, format, i);
            }
        }
    }
}

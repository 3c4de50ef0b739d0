package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import org.agrona.MutableDirectBuffer;

/// One component of a record: its accessor and its format.
///
/// There is a class per primitive type, because the exact call of a handle has its type in the code: this is what keeps
/// a primitive on its way from the record to the buffer out of a box.
abstract sealed class Component {
    final String name;
    final Format format;
    final MethodHandle accessor;

    private Component(String name, Format format, MethodHandle accessor, Class<?> type) {
        this.name = name;
        this.format = format;
        this.accessor = accessor.asType(MethodType.methodType(type, Object.class));
    }

    static Component of(String name, Class<?> type, MethodHandle accessor, Format format) {
        if (!type.isPrimitive()) {
            return new OfReference(name, format, accessor);
        }
        return switch (type.getName()) {
            case "boolean" -> new OfBoolean(name, format, accessor);
            case "byte" -> new OfByte(name, format, accessor);
            case "short" -> new OfShort(name, format, accessor);
            case "char" -> new OfChar(name, format, accessor);
            case "int" -> new OfInt(name, format, accessor);
            case "long" -> new OfLong(name, format, accessor);
            case "float" -> new OfFloat(name, format, accessor);
            case "double" -> new OfDouble(name, format, accessor);
            default -> throw new AssertionError(type);
        };
    }

    /// Writes the component of a record and returns the position behind it; throws what the accessor throws.
    abstract int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable;

    /// Reads the component; a primitive comes in its box.
    Object read(Source source) {
        return format.read(source);
    }

    int presenceBytes() {
        return 0;
    }

    private static final class OfReference extends Component {
        OfReference(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, Object.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            return format.writeNullable((Object) accessor.invokeExact(record), buffer, at, depth);
        }

        @Override
        Object read(Source source) {
            return format.readNullable(source);
        }

        @Override
        int presenceBytes() {
            return 1;
        }
    }

    private static final class OfBoolean extends Component {
        OfBoolean(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, boolean.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            buffer.putByte(at, (byte) ((boolean) accessor.invokeExact(record) ? 1 : 0));
            return at + 1;
        }
    }

    private static final class OfByte extends Component {
        OfByte(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, byte.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            buffer.putByte(at, (byte) accessor.invokeExact(record));
            return at + 1;
        }
    }

    private static final class OfShort extends Component {
        OfShort(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, short.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            buffer.putShort(at, (short) accessor.invokeExact(record), LITTLE_ENDIAN);
            return at + 2;
        }
    }

    private static final class OfChar extends Component {
        OfChar(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, char.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            buffer.putChar(at, (char) accessor.invokeExact(record), LITTLE_ENDIAN);
            return at + 2;
        }
    }

    private static final class OfInt extends Component {
        OfInt(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, int.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            buffer.putInt(at, (int) accessor.invokeExact(record), LITTLE_ENDIAN);
            return at + 4;
        }
    }

    private static final class OfLong extends Component {
        OfLong(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, long.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            buffer.putLong(at, (long) accessor.invokeExact(record), LITTLE_ENDIAN);
            return at + 8;
        }
    }

    private static final class OfFloat extends Component {
        OfFloat(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, float.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            buffer.putFloat(at, (float) accessor.invokeExact(record), LITTLE_ENDIAN);
            return at + 4;
        }
    }

    private static final class OfDouble extends Component {
        OfDouble(String name, Format format, MethodHandle accessor) {
            super(name, format, accessor, double.class);
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) throws Throwable {
            buffer.putDouble(at, (double) accessor.invokeExact(record), LITTLE_ENDIAN);
            return at + 8;
        }
    }
}

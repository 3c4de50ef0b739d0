package io.sluice.core.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Records: their components in order, read by accessors and rebuilt by the canonical constructor, so the constructor's
/// checks hold for decoded records too.
final class RecordFormat extends Format {
    /// Maximum components of one assembled method; HotSpot's compilers give up on some methods of 60 components, and on
    /// calls of 120 arguments.
    private static final int MOST_AT_ONCE = 32;

    private final Class<?> type;
    private Component[] components;
    private RecordWriter writer;
    private RecordReader reader;

    RecordFormat(Class<?> type) {
        this.type = type;
    }

    /// Plans the components, after this format is known to the planner.
    void plan(FormatPlanner planner, String path) {
        RecordComponent[] declared = type.getRecordComponents();
        var planned = new Component[declared.length];
        var types = new Class<?>[declared.length];
        for (int i = 0; i < declared.length; i++) {
            String name = declared[i].getName();
            Format format = planner.plan(declared[i].getGenericType(), path + "." + name);
            types[i] = declared[i].getType();
            planned[i] = new Component(name, types[i], accessor(declared[i]), format);
        }
        components = planned;
        writer = WriterAssembler.assemble(this, type.getSimpleName(), planned, MOST_AT_ONCE);
        reader = ReaderAssembler.assemble(this, type.getSimpleName(), planned, constructor(types), MOST_AT_ONCE);
    }

    private MethodHandle accessor(RecordComponent component) {
        Method method = accessible(component.getAccessor());
        try {
            return erased(MethodHandles.lookup().unreflect(method));
        } catch (IllegalAccessException e) {
            throw inaccessible(e);
        }
    }

    private MethodHandle constructor(Class<?>[] types) {
        try {
            Constructor<?> canonical = accessible(type.getDeclaredConstructor(types));
            return erased(MethodHandles.lookup().unreflectConstructor(canonical).asFixedArity());
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("record " + type.getName() + " has no canonical constructor", e);
        } catch (IllegalAccessException e) {
            throw inaccessible(e);
        }
    }

    /// The type with `Object` in place of every type that the assembled code cannot name.
    private static MethodHandle erased(MethodHandle handle) {
        return handle.asType(handle.type().erase());
    }

    private <A extends AccessibleObject> A accessible(A member) {
        try {
            member.setAccessible(true);
            return member;
        } catch (InaccessibleObjectException e) {
            throw inaccessible(e);
        }
    }

    private IllegalArgumentException inaccessible(Exception cause) {
        return new IllegalArgumentException("record " + type.getName() + " is not accessible; add \"opens "
            + type.getPackageName() + " to " + RecordFormat.class.getModule().getName() + ";\" to module "
            + type.getModule().getName() + ", or make the record public in an exported package", cause);
    }

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        return writer.write(value, buffer, at, deeper(depth));
    }

    @Override
    Object read(Source source) {
        return reader.read(source);
    }

    @Override
    Object readMessage(DirectBuffer buffer, int offset, int length) {
        return reader.readMessage(buffer, offset, length);
    }

    /// The exception for a failure of the assembled code in writing a component.
    static RuntimeException unwritable(Throwable failure, RecordFormat format, int component) {
        return CodecException.within("." + format.components[component].name(), failure);
    }

    /// The exception for a failure of the assembled code in reading a component or, behind the last one, in building
    /// the record.
    static RuntimeException unreadable(Throwable failure, RecordFormat format, int component) {
        if (component < format.components.length) {
            return CodecException.within("." + format.components[component].name(), failure);
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new CodecException(
            "the constructor of " + format.type.getSimpleName() + " refused the values: " + failure, failure);
    }

    @Override
    void describe(Description description) {
        if (description.mention("record", type)) {
            String separator = "(";
            for (Component component : components) {
                description.append(separator).append(component.format()).append(" ").append(component.name());
                separator = ", ";
            }
            description.append(components.length == 0 ? "()" : ")");
        }
    }

    @Override
    int max(Set<Format> open) {
        if (!open.add(this)) {
            return Codec.UNBOUNDED;
        }
        int sum = 0;
        for (Component component : components) {
            sum = plus(sum, plus(component.presenceBytes(), component.format().max(open)));
        }
        open.remove(this);
        return sum;
    }

    @Override
    int typical(Set<Format> open) {
        if (!open.add(this)) {
            return 0;
        }
        long sum = 0;
        for (Component component : components) {
            sum += component.presenceBytes() + component.format().typical(open);
        }
        open.remove(this);
        return limited(sum);
    }
}

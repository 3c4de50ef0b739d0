package io.sluice.core.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Records: their components in order, read by accessors and rebuilt by the canonical constructor, so that what the
/// constructor checks holds for what was decoded.
final class RecordFormat extends Format {
    private static final MethodType BUILD = MethodType.methodType(Object.class, Object[].class);

    private final Class<?> type;
    private Component[] components;
    private MethodHandle constructor;

    RecordFormat(Class<?> type) {
        this.type = type;
    }

    /// Plans the components, after this format is known to the planner.
    void plan(FormatPlanner planner, String path) {
        RecordComponent[] declared = type.getRecordComponents();
        var planned = new Component[declared.length];
        for (int i = 0; i < declared.length; i++) {
            String name = declared[i].getName();
            Format format = planner.plan(declared[i].getGenericType(), path + "." + name);
            planned[i] = Component.of(name, declared[i].getType(), accessor(declared[i]), format);
        }
        Class<?>[] types = Arrays.stream(declared).map(RecordComponent::getType).toArray(Class<?>[]::new);
        constructor = constructor(types);
        components = planned;
    }

    private MethodHandle accessor(RecordComponent component) {
        Method method = accessible(component.getAccessor());
        try {
            return MethodHandles.lookup().unreflect(method);
        } catch (IllegalAccessException e) {
            throw inaccessible(e);
        }
    }

    private MethodHandle constructor(Class<?>[] types) {
        try {
            Constructor<?> canonical = accessible(type.getDeclaredConstructor(types));
            return MethodHandles.lookup().unreflectConstructor(canonical)
                .asFixedArity().asSpreader(Object[].class, types.length).asType(BUILD);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("record " + type.getName() + " has no canonical constructor", e);
        } catch (IllegalAccessException e) {
            throw inaccessible(e);
        }
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
        int inside = deeper(depth);
        int position = at;
        for (Component component : components) {
            try {
                position = component.write(value, buffer, position, inside);
            } catch (Throwable e) {
                throw CodecException.within("." + component.name, e);
            }
        }
        return position;
    }

    @Override
    Object read(Source source) {
        source.enter();
        var values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            try {
                values[i] = components[i].read(source);
            } catch (RuntimeException e) {
                throw CodecException.within("." + components[i].name, e);
            }
        }
        source.leave();
        try {
            return (Object) constructor.invokeExact(values);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new CodecException("the constructor of " + type.getSimpleName() + " refused the values: " + e, e);
        }
    }

    @Override
    void describe(Description description) {
        if (description.mention("record", type)) {
            String separator = "(";
            for (Component component : components) {
                description.append(separator).append(component.format).append(" ").append(component.name);
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
            sum = plus(sum, plus(component.presenceBytes(), component.format.max(open)));
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
            sum += component.presenceBytes() + component.format.typical(open);
        }
        open.remove(this);
        return limited(sum);
    }
}

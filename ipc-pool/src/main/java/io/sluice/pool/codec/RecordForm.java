package io.sluice.pool.codec;

import io.sluice.core.codec.CodecException;
import java.io.InvalidObjectException;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/// Stands for a record that is not `Serializable` in a stream of Java serialization: its class, and what its accessors
/// give. The receiver makes the record with its canonical constructor, as it does with a serializable one.
final class RecordForm implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /// How to take records of one class apart, and to make them again.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Shape(String[] names, Method[] accessors, Constructor<?> constructor) {
        private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
            @Override
            protected Shape computeValue(Class<?> type) {
                return Shape.create(type);
            }
        };

        private static Shape create(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            try {
                Constructor<?> canonical = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
                canonical.setAccessible(true);
                Method[] accessors = Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new);
                for (Method accessor : accessors) {
                    accessor.setAccessible(true);
                }
                return new Shape(
                    Arrays.stream(components).map(RecordComponent::getName).toArray(String[]::new),
                    accessors, canonical);
            } catch (InaccessibleObjectException e) {
                throw new CodecException("record " + type.getName() + " is not accessible; add \"opens "
                    + type.getPackageName() + " to " + RecordForm.class.getModule().getName()
                    + "\" to its module, or let the record implement Serializable", e);
            } catch (NoSuchMethodException e) {
                throw new CodecException("record " + type.getName() + " has no canonical constructor", e);
            }
        }
    }

    private final Class<?> type;
    @SuppressWarnings("serial") // what does not travel is refused when it is written
    private final Object[] components;

    private RecordForm(Class<?> type, Object[] components) {
        this.type = type;
        this.components = components;
    }

    /// Takes a record apart.
    ///
    /// @throws CodecException if one of its accessors throws, or we may not call it
    static RecordForm of(Record value) {
        Shape shape = Shape.SHAPES.get(value.getClass());
        Object[] components = new Object[shape.accessors.length];
        for (int i = 0; i < components.length; i++) {
            try {
                components[i] = shape.accessors[i].invoke(value);
            } catch (InvocationTargetException e) {
                throw new CodecException("component '" + shape.names[i] + "' of record " + value.getClass().getName()
                    + " does not travel: " + e.getCause(), e.getCause());
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        return new RecordForm(value.getClass(), components);
    }

    @Serial
    private Object readResolve() throws InvalidObjectException {
        if (type == null || !type.isRecord() || components == null) {
            throw new InvalidObjectException("expected a record, found " + type);
        }
        try {
            return Shape.SHAPES.get(type).constructor.newInstance(components);
        } catch (InvocationTargetException e) {
            throw invalid(e.getCause());
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw invalid(e);    // other components than those of this class
        }
    }

    private InvalidObjectException invalid(Throwable cause) {
        return new InvalidObjectException("record " + type.getName() + " does not accept its components: " + cause,
            cause);
    }
}

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
import java.util.List;
import java.util.Map;

/// Stands for a record that is not `Serializable` in a stream of Java serialization: its class, and the results of its
/// accessors. The receiver makes the record with its canonical constructor, as java.io does with a serializable one.
final class RecordForm implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /// How to take records of one class apart, and to recreate them. A class keeps its value as long as it lives, and
    /// may outlive Sluice's loader: so the value consists only of types of the JDK.
    private record Shape(Constructor<?> constructor, List<Method> accessors) {
        private static final ClassValue<Map.Entry<Constructor<?>, List<Method>>> SHAPES = new ClassValue<>() {
            @Override
            protected Map.Entry<Constructor<?>, List<Method>> computeValue(Class<?> type) {
                return Shape.create(type);
            }
        };

        static Shape of(Class<?> type) {
            Map.Entry<Constructor<?>, List<Method>> found = SHAPES.get(type);
            return new Shape(found.getKey(), found.getValue());
        }

        private static Map.Entry<Constructor<?>, List<Method>> create(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            try {
                Constructor<?> canonical = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
                canonical.setAccessible(true);
                List<Method> accessors = Arrays.stream(components).map(RecordComponent::getAccessor).toList();
                accessors.forEach(accessor -> accessor.setAccessible(true));
                return Map.entry(canonical, accessors);
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
    /// @throws CodecException if one of its accessors throws, or is not accessible
    static RecordForm of(Record value) {
        Shape shape = Shape.of(value.getClass());
        Object[] components = new Object[shape.accessors.size()];
        for (int i = 0; i < components.length; i++) {
            try {
                components[i] = shape.accessors.get(i).invoke(value);
            } catch (InvocationTargetException e) {
                throw new CodecException("component '" + shape.accessors.get(i).getName() + "' of record "
                        + value.getClass().getName()
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
            return Shape.of(type).constructor.newInstance(components);
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

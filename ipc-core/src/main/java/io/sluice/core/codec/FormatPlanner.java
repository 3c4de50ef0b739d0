package io.sluice.core.codec;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Knows which format a type has; one planner plans one codec. A record is entered before its components are planned,
/// so that one which contains itself finds itself.
final class FormatPlanner {
    private static final String SUPPORTED = "supported are primitives and their boxes, String, Instant, Duration,"
        + " LocalDate, LocalTime, LocalDateTime, UUID, BigDecimal, BigInteger, enums, records, sealed interfaces of"
        + " records and enums, arrays of these, and List, Set, Map and Optional of these";

    private final Class<?> root;
    private final Map<Class<?>, Format> named = new HashMap<>();

    FormatPlanner(Class<?> root) {
        this.root = root;
    }

    Format plan() {
        return plan(root, root.getSimpleName());
    }

    /// Finds the format of a type; `path` says where it stands.
    Format plan(Type type, String path) {
        return switch (type) {
            case Class<?> plain -> planClass(plain, path);
            case ParameterizedType generic -> planGeneric(generic, path);
            case GenericArrayType array -> planArray(array.getGenericComponentType(), path);
            case WildcardType wildcard -> plan(wildcard.getUpperBounds()[0], path);
            default -> throw refused(type, path, "is a type variable; use the actual type");
        };
    }

    private Format planClass(Class<?> type, String path) {
        Format known = named.get(type);
        if (known != null) {
            return known;
        }
        Format scalar = ScalarFormat.of(type);
        if (scalar != null) {
            return scalar;
        }
        if (type == String.class) {
            return StringFormat.INSTANCE;
        }
        if (type.isArray()) {
            return planArray(type.getComponentType(), path);
        }
        if (type.isEnum()) {
            return new EnumFormat(type);
        }
        if (type.isRecord()) {
            var format = new RecordFormat(type);
            named.put(type, format);
            format.plan(this, path);
            return format;
        }
        if (type.isInterface() && type.isSealed()) {
            var format = new SealedFormat(type);
            named.put(type, format);
            format.plan(this, path);
            return format;
        }
        if (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type) || type == Optional.class) {
            throw refused(type, path, "must be declared as List, Set, Map or Optional with the types of its elements");
        }
        throw refused(type, path, "is not supported");
    }

    private Format planArray(Type component, String path) {
        Format primitive = PrimitiveArrayFormat.of(component);
        return primitive != null
            ? primitive
            : new ReferenceArrayFormat(erased(component, path), plan(component, path + "[]"));
    }

    private Class<?> erased(Type type, String path) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType generic -> (Class<?>) generic.getRawType();
            case GenericArrayType array ->
                Array.newInstance(erased(array.getGenericComponentType(), path), 0).getClass();
            default -> throw refused(type, path, "is a type variable; use the actual type");
        };
    }

    private Format planGeneric(ParameterizedType type, String path) {
        var arguments = new ArrayList<Format>();
        Type raw = type.getRawType();
        if (raw != List.class && raw != Set.class && raw != Map.class && raw != Optional.class) {
            throw refused(type, path, "is not supported");
        }
        for (Type argument : type.getActualTypeArguments()) {
            arguments.add(plan(argument, path + "[]"));
        }
        if (raw == Map.class) {
            return new MapFormat(arguments.get(0), arguments.get(1));
        }
        if (raw == Optional.class) {
            return new OptionalFormat(arguments.get(0));
        }
        return raw == Set.class ? CollectionFormat.set(arguments.get(0)) : CollectionFormat.list(arguments.get(0));
    }

    IllegalArgumentException refused(Type type, String path, String why) {
        return new IllegalArgumentException(path + ": " + type.getTypeName() + " " + why + "; " + SUPPORTED
            + "; for other types use Codec.serializable(" + root.getSimpleName() + ".class, \"" + root.getPackageName()
            + ".**\") or a Codec of your own");
    }
}

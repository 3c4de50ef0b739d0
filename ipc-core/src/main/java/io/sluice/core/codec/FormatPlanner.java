package io.sluice.core.codec;

import io.sluice.core.codec.spi.ComponentCodecs;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds the format of a type; one planner plans one codec. A record is entered before its components are planned, so
/// a record that contains itself finds its own entry.
///
/// Formats come from factories that return a [Format]: to verify a `new` here, the JVM would load the class of each, at
/// the start of every process.
final class FormatPlanner {
    private static final String SUPPORTED = "supported are primitives and their boxes, String, Instant, Duration,"
        + " LocalDate, LocalTime, LocalDateTime, UUID, BigDecimal, BigInteger, enums, records, sealed interfaces of"
        + " records and enums, handles of shared objects, arrays of these, and List, Set, Map and Optional of these";

    private final Class<?> root;
    private final Map<Class<?>, Format> named = new HashMap<>();

    FormatPlanner(Class<?> root) {
        this.root = root;
    }

    Format plan() {
        return plan(root, root.getSimpleName());
    }

    /// Finds the format of a type; `path` is its place in the root type. For a switch over types the JVM generates a
    /// class, at the start of every process with a record codec.
    Format plan(Type type, String path) {
        if (type instanceof Class<?> plain) {
            return planClass(plain, path);
        } else if (type instanceof ParameterizedType generic) {
            return planGeneric(generic, path);
        } else if (type instanceof GenericArrayType array) {
            return planArray(array.getGenericComponentType(), path);
        } else if (type instanceof WildcardType wildcard) {
            return plan(wildcard.getUpperBounds()[0], path);
        }
        throw refused(type, path, "is a type variable; use the actual type");
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
            return EnumFormat.of(type);
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
        Format provided = provided(type, List.of(), type, path);
        if (provided != null) {
            return provided;
        }
        if (type == root && isContainer(type)) {
            throw refused(type, path, "does not declare the types of its elements; make it the component of a record,"
                + " as in record Names(List<String> list) {}, and use Codec.ofRecord");
        }
        if (isContainer(type)) {
            throw refused(type, path, "must be declared as List, Set, Map or Optional with the types of its elements");
        }
        throw refused(type, path, "is not supported");
    }

    private static boolean isContainer(Class<?> type) {
        return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type) || type == Optional.class;
    }

    /// The format of a type that another module provides, or null.
    private Format provided(Class<?> raw, List<Class<?>> arguments, Type type, String path) {
        try {
            for (ComponentCodecs service
                    : ServiceLoader.load(ComponentCodecs.class, ComponentCodecs.class.getClassLoader())) {
                Codec<?> codec = service.codec(raw, arguments);
                if (codec != null) {
                    return CodecFormat.of(codec);
                }
            }
            return null;
        } catch (IllegalArgumentException refused) {
            throw refused(type, path, refused.getMessage());
        }
    }

    private Format planArray(Type component, String path) {
        Format primitive = PrimitiveArrayFormat.of(component);
        return primitive != null
            ? primitive
            : ReferenceArrayFormat.of(erased(component, path), plan(component, path + "[]"));
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
            Format provided = Stream.of(type.getActualTypeArguments()).allMatch(Class.class::isInstance)
                ? provided((Class<?>) raw, classes(type.getActualTypeArguments()), type, path) : null;
            if (provided == null) {
                throw refused(type, path, "is not supported");
            }
            return provided;
        }
        for (Type argument : type.getActualTypeArguments()) {
            arguments.add(plan(argument, path + "[]"));
        }
        if (raw == Map.class) {
            return MapFormat.of(arguments.get(0), arguments.get(1));
        }
        if (raw == Optional.class) {
            return OptionalFormat.of(arguments.get(0));
        }
        return raw == Set.class ? CollectionFormat.set(arguments.get(0)) : CollectionFormat.list(arguments.get(0));
    }

    private static List<Class<?>> classes(Type[] types) {
        return Stream.of(types).<Class<?>>map(Class.class::cast).toList();
    }

    IllegalArgumentException refused(Type type, String path, String why) {
        return new IllegalArgumentException(
            path + ": " + type.getTypeName() + " " + why + "; " + SUPPORTED + "; " + wayOut(type));
    }

    /// What to write instead; only code that works.
    private String wayOut(Type refused) {
        Class<?> culprit = innermost(refused);
        if (root == Object.class) {
            return "for values of many classes use Codec.serializable(), or"
                + " Codec.serializable(\"com.acme.Order\") with the names of your classes";
        }
        Class<?> whole = ClassAllowList.innermost(root);
        if (!canBeSerializable(whole) || !canBeSerializable(culprit)) {
            return "objects of " + (canBeSerializable(whole) ? culprit : whole).getName()
                + " are not Serializable either; send their parts, or write a Codec of your own";
        }
        String must = Stream.of(whole, culprit).distinct()
            .filter(type -> !type.isInterface() && !Serializable.class.isAssignableFrom(type))
            .filter(type -> !isOfJdk(type))
            .map(Class::getSimpleName).collect(Collectors.joining(" and "));
        return (must.isEmpty() ? "for other types use " : "for other types let " + must
            + " implement Serializable and use ") + "Codec.serializable(" + root.getSimpleName() + ".class"
            + patterns(culprit).stream().map(pattern -> ", \"" + pattern + "\"").collect(Collectors.joining())
            + "), or write a Codec of your own";
    }

    /// What a codec must allow besides the root: the package of the root, and the class that is refused here.
    private List<String> patterns(Class<?> culprit) {
        var patterns = new ArrayList<String>();
        String below = root.getPackageName() + ".**";
        if (!isOfJdk(root) && ClassAllowList.isPattern(below)) {
            patterns.add(below);
        }
        var all = new ArrayList<>(patterns);
        all.add(ClassAllowList.innermost(root).getName());
        if (!Modifier.isAbstract(culprit.getModifiers()) && !new ClassAllowList(all).allows(culprit)) {
            patterns.add(culprit.getName());
        }
        return patterns;
    }

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    /// Whether values of the type may be Serializable, or its author can make it so.
    private static boolean canBeSerializable(Class<?> type) {
        return !isOfJdk(type) || Modifier.isAbstract(type.getModifiers()) || type == Object.class
            || Serializable.class.isAssignableFrom(type);
    }

    private static Class<?> innermost(Type type) {
        return switch (type) {
            case Class<?> plain -> ClassAllowList.innermost(plain);
            case ParameterizedType generic -> innermost(generic.getRawType());
            case GenericArrayType array -> innermost(array.getGenericComponentType());
            default -> Object.class;
        };
    }
}

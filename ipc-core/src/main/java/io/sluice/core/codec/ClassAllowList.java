package io.sluice.core.codec;

import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;

/// The classes that may come out of a stream: values of the JDK, and the classes that the user has named.
///
/// The JDK's classes are named one by one, since a package of the JDK holds harmless values beside classes that run
/// code while they are read (`java.net.URL`, `java.util.PriorityQueue` with a comparator); `java.time` has values only.
/// Exceptions of `java.base` are data too.
///
/// - **Threads:** any number at once; a list does not change.
public final class ClassAllowList {
    private static final Module JAVA_BASE = Object.class.getModule();

    private static final Set<String> JDK = Set.of(
        "java.lang.Boolean", "java.lang.Byte", "java.lang.Character", "java.lang.Double", "java.lang.Enum",
        "java.lang.Float", "java.lang.Integer", "java.lang.Long", "java.lang.Number", "java.lang.Object",
        "java.lang.Record", "java.lang.Short", "java.lang.StackTraceElement", "java.lang.String",
        "java.lang.StringBuffer", "java.lang.StringBuilder", "java.math.BigDecimal", "java.math.BigInteger",
        "java.math.MathContext", "java.math.RoundingMode", "java.net.URI", "java.util.AbstractMap$SimpleEntry",
        "java.util.AbstractMap$SimpleImmutableEntry", "java.util.ArrayDeque", "java.util.ArrayList",
        "java.util.Arrays$ArrayList", "java.util.BitSet", "java.util.CollSer", "java.util.Collections$CopiesList",
        "java.util.Collections$EmptyList", "java.util.Collections$EmptyMap", "java.util.Collections$EmptySet",
        "java.util.Collections$SingletonList", "java.util.Collections$SingletonMap",
        "java.util.Collections$SingletonSet", "java.util.Collections$UnmodifiableCollection",
        "java.util.Collections$UnmodifiableList", "java.util.Collections$UnmodifiableMap",
        "java.util.Collections$UnmodifiableRandomAccessList", "java.util.Collections$UnmodifiableSet",
        "java.util.Collections$UnmodifiableSortedMap", "java.util.Collections$UnmodifiableSortedSet",
        "java.util.Currency", "java.util.Date", "java.util.EnumMap", "java.util.EnumSet$SerializationProxy",
        "java.util.HashMap", "java.util.HashSet", "java.util.IdentityHashMap",
        "java.util.ImmutableCollections$List12", "java.util.ImmutableCollections$ListN",
        "java.util.ImmutableCollections$Map1", "java.util.ImmutableCollections$MapN",
        "java.util.ImmutableCollections$Set12", "java.util.ImmutableCollections$SetN", "java.util.JumboEnumSet",
        "java.util.LinkedHashMap", "java.util.LinkedHashSet", "java.util.LinkedList", "java.util.Locale",
        "java.util.Map$Entry", "java.util.RegularEnumSet", "java.util.TreeMap", "java.util.TreeSet", "java.util.UUID",
        "java.util.Vector", "java.util.concurrent.ConcurrentHashMap",
        "java.util.concurrent.ConcurrentHashMap$Segment", "java.util.concurrent.CopyOnWriteArrayList",
        "java.util.concurrent.TimeUnit", "java.util.concurrent.atomic.AtomicBoolean",
        "java.util.concurrent.atomic.AtomicInteger", "java.util.concurrent.atomic.AtomicLong",
        "java.util.concurrent.locks.AbstractOwnableSynchronizer",
        "java.util.concurrent.locks.AbstractQueuedSynchronizer", "java.util.concurrent.locks.ReentrantLock",
        "java.util.concurrent.locks.ReentrantLock$NonfairSync", "java.util.concurrent.locks.ReentrantLock$Sync");

    private final List<String> patterns;

    /// Creates a list.
    ///
    /// @param patterns classes `com.acme.Order` (its nested classes included), packages `com.acme.*`, or packages with
    ///     all below them `com.acme.**`; of the JDK, only single classes
    /// @throws IllegalArgumentException if a pattern is malformed or would allow everything
    public ClassAllowList(List<String> patterns) {
        this.patterns = List.copyOf(patterns);
        for (String pattern : this.patterns) {
            check(pattern);
        }
    }

    /// Whether a pattern is well-formed.
    static boolean isPattern(String pattern) {
        try {
            check(pattern);
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    private static void check(String pattern) {
        String name = pattern.endsWith(".**") ? pattern.substring(0, pattern.length() - 3)
            : pattern.endsWith(".*") ? pattern.substring(0, pattern.length() - 2) : pattern;
        for (String part : name.split("\\.", -1)) {
            if (part.isEmpty() || !part.chars().allMatch(Character::isJavaIdentifierPart)) {
                throw new IllegalArgumentException("allow-list: \"" + pattern + "\" is not a class com.acme.Order,"
                    + " a package com.acme.*, or a package with all below it com.acme.**");
            }
        }
        boolean jdk = name.matches("(java|javax|jdk|sun|com\\.sun)(\\..*)?") || name.equals("com");
        if (jdk && !name.equals(pattern)) {
            throw new IllegalArgumentException("allow-list: \"" + pattern
                + "\" would allow classes of the JDK that act while they are read; name single classes");
        }
    }

    List<String> patterns() {
        return patterns;
    }

    /// Says whether objects of a class may come out of a stream.
    ///
    /// @param type any; of an array, its innermost element counts, and may also be an interface or an abstract class:
    ///     such an array carries no instance of it, and each of its elements is checked on its own
    /// @return whether it is a value of the JDK or was named
    public boolean allows(Class<?> type) {
        Class<?> element = innermost(type);
        String name = element.getName();
        return element.isPrimitive()
            || (type.isArray() && Modifier.isAbstract(element.getModifiers()))
            || JDK.contains(name)
            || (element.getModule() == JAVA_BASE
                && (name.startsWith("java.time.") || Throwable.class.isAssignableFrom(element)))
            || patterns.stream().anyMatch(pattern -> matches(pattern, name));
    }

    /// The innermost element of an array, or the type itself.
    static Class<?> innermost(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element;
    }

    private static boolean matches(String pattern, String name) {
        if (pattern.endsWith(".**")) {
            return name.startsWith(pattern.substring(0, pattern.length() - 2));
        }
        if (pattern.endsWith(".*")) {
            String start = pattern.substring(0, pattern.length() - 1);
            return name.startsWith(start) && name.indexOf('.', start.length()) < 0;
        }
        return name.equals(pattern) || name.startsWith(pattern + "$");
    }
}

package io.sluice.pool.api;

import java.lang.reflect.AccessFlag;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A type and its members as users see them, a line each; each line begins with the full name of the type.
///
/// A member whose signature names a type that users do not see is left out: they cannot call it.
final class Signatures {
    private static final String OWN = "io.sluice.";
    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals(Object)", "hashCode()", "toString()");
    private static final Set<String> OF_EVERY_ENUM = Set.of("values()", "valueOf(String)");

    private final Set<String> exported;

    /// @param exported names of the packages that users see
    Signatures(Set<String> exported) {
        this.exported = exported;
    }

    List<String> of(Class<?> type) {
        String name = type.getName().replace('$', '.');
        Set<String> members = new TreeSet<>();
        for (Class<?> declaring : declaring(type)) {
            members(declaring, type).forEach(member -> members.add(name + " " + member));
        }
        List<String> lines = new ArrayList<>();
        lines.add(name + ": " + head(type));
        lines.addAll(members);
        return lines;
    }

    /// The type, and the superclasses of it that users do not see.
    private List<Class<?>> declaring(Class<?> type) {
        List<Class<?>> all = new ArrayList<>();
        all.add(type);
        for (Class<?> above = type.getSuperclass(); above != null && !isVisible(above); above = above.getSuperclass()) {
            all.add(above);
        }
        return all;
    }

    private String head(Class<?> type) {
        String kind = type.isEnum() ? "enum" : type.isRecord() ? "record" : type.isInterface() ? "interface" : "class";
        String modifiers = Stream.of(
                        type.isSealed() ? "sealed" : "",
                        type.isEnum() || type.isRecord() || !Modifier.isFinal(type.getModifiers()) ? "" : "final",
                        type.isInterface() || type.isEnum() || !Modifier.isAbstract(type.getModifiers())
                                ? "" : "abstract")
                .filter(modifier -> !modifier.isEmpty()).map(modifier -> modifier + " ").collect(Collectors.joining());
        List<String> above = new ArrayList<>();
        Class<?> superclass = type.getSuperclass();
        while (superclass != null && !isVisible(superclass)) {
            superclass = superclass.getSuperclass();
        }
        if (superclass != null && !Set.of(Object.class, Enum.class, Record.class).contains(superclass)) {
            above.add(superclass.getSimpleName());
        }
        for (Class<?> declaring : declaring(type)) {
            interfaces(declaring).map(Class::getSimpleName).filter(name -> !above.contains(name)).forEach(above::add);
        }
        return modifiers + kind + (above.isEmpty() ? "" : " < " + String.join(", ", above));
    }

    private Stream<Class<?>> interfaces(Class<?> type) {
        return Arrays.stream(type.getInterfaces())
                .flatMap(above -> isVisible(above) ? Stream.of(above) : interfaces(above));
    }

    private List<String> members(Class<?> declaring, Class<?> type) {
        List<String> lines = new ArrayList<>();
        for (Field field : declaring.getDeclaredFields()) {
            if (isOpen(field, type) && isVisible(field.getType())) {
                lines.add(modifiers(field) + field.getName() + ": " + text(field.getGenericType()));
            }
        }
        if (declaring == type) {
            for (Constructor<?> constructor : declaring.getDeclaredConstructors()) {
                if (isOpen(constructor, type) && parametersAreVisible(constructor)) {
                    lines.add(modifiers(constructor) + "new(" + parameters(constructor) + ")");
                }
            }
        }
        for (Method method : declaring.getDeclaredMethods()) {
            String call = method.getName() + "(" + parameters(method) + ")";
            if (isOpen(method, type) && !method.isBridge() && isVisible(method.getReturnType())
                    && parametersAreVisible(method) && !OF_EVERY_OBJECT.contains(call)
                    && !(type.isEnum() && OF_EVERY_ENUM.contains(call))) {
                lines.add(modifiers(method) + call + ": " + text(method.getGenericReturnType()) + checked(method));
            }
        }
        return lines;
    }

    private static String checked(Method method) {
        String thrown = Arrays.stream(method.getExceptionTypes()).map(Class::getSimpleName)
                .collect(Collectors.joining(", "));
        return thrown.isEmpty() ? "" : " throws " + thrown;
    }

    /// Whether users can reach it: public, or protected in a type that they can extend.
    private boolean isOpen(Member member, Class<?> type) {
        boolean extensible = !Modifier.isFinal(type.getModifiers()) && !type.isSealed() && !type.isEnum()
                && Arrays.stream(type.getDeclaredConstructors()).anyMatch(made -> parametersAreVisible(made)
                        && (Modifier.isPublic(made.getModifiers()) || Modifier.isProtected(made.getModifiers())));
        return !member.isSynthetic()
                && (Modifier.isPublic(member.getModifiers())
                        || (extensible && Modifier.isProtected(member.getModifiers())));
    }

    private static String modifiers(Member member) {
        return member.accessFlags().stream()
                .filter(Set.of(AccessFlag.STATIC, AccessFlag.PROTECTED, AccessFlag.ABSTRACT)::contains)
                .map(flag -> flag.name().toLowerCase(Locale.ROOT) + " ")
                .sorted().collect(Collectors.joining());
    }

    private boolean parametersAreVisible(Executable executable) {
        return Arrays.stream(executable.getParameterTypes()).allMatch(this::isVisible);
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getGenericParameterTypes()).map(Signatures::text)
                .collect(Collectors.joining(", "));
    }

    private static String text(Type type) {
        return type.getTypeName().replaceAll("[\\w.]+[.$](?=\\w)", "");
    }

    private boolean isVisible(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element.isPrimitive()
                || (Modifier.isPublic(element.getModifiers())
                        && (!element.getName().startsWith(OWN)
                                || exported.contains(element.getPackageName())));
    }
}

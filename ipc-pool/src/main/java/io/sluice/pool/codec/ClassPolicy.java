package io.sluice.pool.codec;

import io.sluice.core.codec.ClassAllowList;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Proxy;
import java.util.List;

/// Which classes a stream of Java serialization may contain.
///
/// Classes of the application are allowed: the other process belongs to the same user, and runs the same code anyway.
/// Classes of the JDK are allowed if they are values, exceptions, or named by the user: forged streams are made of the
/// others.
final class ClassPolicy {
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

    private final ClassAllowList values;
    private final String howToAllow;

    /// @param allowed patterns of classes of the JDK
    /// @param howToAllow the method that allows one more, for messages
    ClassPolicy(List<String> allowed, String howToAllow) {
        this.values = new ClassAllowList(allowed);
        this.howToAllow = howToAllow;
    }

    boolean allows(Class<?> type) {
        Class<?> element = elementOf(type);
        return !isOfJdk(element)
            || Throwable.class.isAssignableFrom(element)
            || element == SerializedLambda.class
            || element.isHidden() // no stream can name it: it is a lambda that an allowed class has recreated
            || element == Proxy.class // its interfaces and its handler are checked one by one
            || values.allows(type); // the type, not the element: arrays of interfaces are harmless
    }

    private static Class<?> elementOf(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element;
    }

    /// Some modules of the JDK come from the loader of the application, so names count too.
    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        if (Proxy.isProxyClass(type)) {
            return false;
        }
        String module = type.getModule().getName();
        return loader == null || loader.equals(PLATFORM)
            || (module != null && (module.startsWith("java.") || module.startsWith("jdk.")));
    }

    /// The message for a refused class.
    String refusal(Class<?> type) {
        String name = elementOf(type).getName();
        if (ObjectGraph.isTaskOfJdk(elementOf(type))) {
            return name + " does not travel: " + ObjectGraph.HOW_TO_WRAPPED;
        }
        return "class " + name + " of the JDK is not allowed to travel; if objects of it are expected, say "
            + howToAllow + "(\"" + name + "\")";
    }
}

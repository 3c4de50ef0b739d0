package io.sluice.pool.manager;

import java.io.Serial;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The getters and setters of an interface, as entries of a managed map: `int hits()` or `int getHits()`, and `void
/// hits(int)` or `void setHits(int)`, are the entry `hits`.
final class Namespace implements InvocationHandler, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ManagedMap<String, Object> map;

    private Namespace(Remote remote) {
        this.map = new ManagedMap<>(remote);
    }

    static <T> T of(Remote remote, Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new Namespace(remote)));
    }

    /// @throws IllegalArgumentException if the type is no interface, or has another method
    static void check(Class<?> type) {
        if (!type.isInterface()) {
            throw new IllegalArgumentException("namespace: %s is no interface".formatted(type.getName()));
        }
        for (Method method : type.getMethods()) {
            boolean getter = method.getParameterCount() == 0 && method.getReturnType() != void.class;
            boolean setter = method.getParameterCount() == 1 && method.getReturnType() == void.class;
            if (!getter && !setter && Modifier.isAbstract(method.getModifiers())) {
                throw new IllegalArgumentException(("namespace: expected getters without parameters and setters with"
                        + " one, found %s; register an object for it").formatted(method));
            }
        }
    }

    @Override
    public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments[0] != null && Proxy.isProxyClass(arguments[0].getClass())
                        && Proxy.getInvocationHandler(arguments[0]) instanceof Namespace other
                        && map.remote().equals(other.map.remote());
                case "hashCode" -> map.remote().hashCode();
                default -> self.getClass().getInterfaces()[0].getSimpleName() + map;
            };
        }
        if (method.isDefault()) {
            Class<?> type = method.getDeclaringClass();
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup()).unreflectSpecial(method, type)
                    .bindTo(self).invokeWithArguments(arguments == null ? List.of() : Arrays.asList(arguments));
        }
        String name = name(method);
        if (method.getParameterCount() == 0) {
            Object value = map.get(name);
            return value != null ? value : zero(method.getReturnType());
        }
        var _ = arguments[0] == null ? map.remove(name) : map.put(name, arguments[0]);
        return null;
    }

    private static String name(Method method) {
        String name = method.getName();
        boolean getter = method.getParameterCount() == 0;
        String rest = after(name, getter ? "get" : "set");
        if (rest == null && getter && method.getReturnType() == boolean.class) {
            rest = after(name, "is");
        }
        return rest == null ? name : rest.substring(0, 1).toLowerCase(Locale.ROOT) + rest.substring(1);
    }

    private static String after(String name, String prefix) {
        return name.startsWith(prefix) && name.length() > prefix.length()
                && Character.isUpperCase(name.charAt(prefix.length())) ? name.substring(prefix.length()) : null;
    }

    /// What a getter returns before its first setter: zero, false or null, as a new field does.
    private static Object zero(Class<?> type) {
        return type == void.class || !type.isPrimitive() ? null
                : Array.get(Array.newInstance(type, 1), 0);
    }
}

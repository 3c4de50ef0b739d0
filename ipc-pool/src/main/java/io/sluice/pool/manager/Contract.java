package io.sluice.pool.manager;

import io.sluice.shm.object.Fingerprint;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The methods of an interface, by numbers that both sides compute from their names and types. All that a client can
/// call of an object is in the contract of its interface.
///
/// - **Threads:** any; a contract does not change.
final class Contract {
    private static final ClassValue<Contract> CONTRACTS = new ClassValue<>() {
        @Override
        protected Contract computeValue(Class<?> type) {
            return new Contract(type, type);
        }
    };

    private final Class<?> type;
    private final Map<Long, Method> methods = new HashMap<>();
    private final Map<Method, Long> numbers = new HashMap<>();

    private Contract(Class<?> type, Class<?> called) {
        this.type = type;
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            long number = numberOf(method);
            Method other = methods.putIfAbsent(number, called == type ? method : same(method, called));
            if (other != null && !signature(other).equals(signature(method))) {
                throw new IllegalArgumentException(
                        "%s: the methods %s and %s have the same number; rename one".formatted(
                                type.getName(), other, method));
            }
            numbers.put(method, number);
            var _ = method.trySetAccessible();       // an interface need not be public
        }
    }

    /// The contract of an interface.
    static Contract of(Class<?> type) {
        return CONTRACTS.get(type);
    }

    /// The contract of an interface, for a class that has its methods and does not implement it.
    ///
    /// @throws IllegalArgumentException if the class lacks one of them
    static Contract of(Class<?> type, Class<?> called) {
        return new Contract(type, called);
    }

    private static Method same(Method method, Class<?> called) {
        try {
            Method found = called.getMethod(method.getName(), method.getParameterTypes());
            if (found.getReturnType() == method.getReturnType()) {
                return found;
            }
        } catch (NoSuchMethodException missing) {
            // Said below.
        }
        throw new IllegalArgumentException("%s has no method as %s".formatted(called.getName(), method));
    }

    /// The number of a method of an interface.
    static long number(Method method) {
        Long number = of(method.getDeclaringClass()).numbers.get(method);
        return number != null ? number : numberOf(method);
    }

    private static long numberOf(Method method) {
        return Fingerprint.of(signature(method));
    }

    private static String signature(Method method) {
        return method.getName()
                + MethodType.methodType(method.getReturnType(), method.getParameterTypes()).descriptorString();
    }

    /// Whether an interrupt of the caller ends a call of this method.
    static boolean isInterruptible(Method method) {
        return method.getExceptionTypes().length > 0
                && List.of(method.getExceptionTypes()).contains(InterruptedException.class);
    }

    Class<?> type() {
        return type;
    }

    /// The method with a number.
    ///
    /// @throws UnsupportedOperationException if the interface has none
    Method method(long number) {
        Method method = methods.get(number);
        if (method == null) {
            throw new UnsupportedOperationException(("%s has no method with the number %x, and clients can call nothing"
                    + " else; start client and server with the same class path").formatted(type.getName(), number));
        }
        return method;
    }
}

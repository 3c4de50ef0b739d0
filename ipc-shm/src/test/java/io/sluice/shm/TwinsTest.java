package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shm.array.SharedByteArray;
import io.sluice.shm.array.SharedCharArray;
import io.sluice.shm.array.SharedDoubleArray;
import io.sluice.shm.array.SharedFloatArray;
import io.sluice.shm.array.SharedIntArray;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.array.SharedShortArray;
import io.sluice.shm.value.SharedDouble;
import io.sluice.shm.value.SharedInt;
import io.sluice.shm.value.SharedLong;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Classes that are written by hand for each primitive type, as in the JDK, have the same methods.
class TwinsTest {
    /// Two classes, and the types of their elements.
    static Stream<Arguments> twins() {
        return Stream.of(
                Arguments.of(SharedLong.class, long.class, SharedInt.class, int.class),
                Arguments.of(SharedLong.class, long.class, SharedDouble.class, double.class),
                Arguments.of(SharedLongArray.class, long.class, SharedIntArray.class, int.class),
                Arguments.of(SharedByteArray.class, byte.class, SharedShortArray.class, short.class),
                Arguments.of(SharedByteArray.class, byte.class, SharedCharArray.class, char.class),
                Arguments.of(SharedByteArray.class, byte.class, SharedFloatArray.class, float.class),
                Arguments.of(SharedByteArray.class, byte.class, SharedDoubleArray.class, double.class));
    }

    @ParameterizedTest
    @MethodSource("twins")
    void twinsHaveTheSameMethods(Class<?> first, Class<?> firstType, Class<?> second, Class<?> secondType) {
        assertThat(methods(second, secondType)).isEqualTo(methods(first, firstType)).hasSizeGreaterThan(4);
    }

    /// The arrays of `int` and `long` can do all that the others can.
    @ParameterizedTest
    @MethodSource("twins")
    void eachArrayHasTheMethodsOfThePlainOnes(
            Class<?> first, Class<?> firstType, Class<?> second, Class<?> secondType) {
        if (first.getName().endsWith("Array")) {
            assertThat(methods(second, secondType)).containsAll(methods(SharedByteArray.class, byte.class));
        }
    }

    /// The signatures of the public methods that a class declares, with its own type and that of its elements replaced
    /// by marks.
    private static Set<String> methods(Class<?> type, Class<?> element) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !isOfNumber(method))
                .map(method -> signature(method, element))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isOfNumber(Method method) {
        return Arrays.stream(Number.class.getMethods()).anyMatch(own -> own.getName().equals(method.getName()));
    }

    private static String signature(Method method, Class<?> element) {
        return Arrays.stream(method.getParameterTypes()).map(type -> name(type, element))
                .collect(Collectors.joining(", ", method.getName() + "(", "): "))
                + name(method.getReturnType(), element);
    }

    /// An index, and an offset, is of `long` or `int`, whatever the elements are.
    private static String name(Class<?> type, Class<?> element) {
        if (type.isArray()) {
            return name(type.getComponentType(), element) + "[]";
        }
        String simple = type.getSimpleName();
        String boxed = Character.toUpperCase(element.getName().charAt(0)) + element.getName().substring(1);
        return type == element || type == long.class || type == int.class ? "number" : simple.replace(boxed, "Element");
    }
}

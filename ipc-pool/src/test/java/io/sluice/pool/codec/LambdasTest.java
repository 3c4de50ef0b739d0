package io.sluice.pool.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskBiFunction;
import io.sluice.pool.task.TaskFunction;
import io.sluice.pool.task.TaskTriFunction;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LambdasTest implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;
    private static final AtomicInteger RUNS = new AtomicInteger();

    private final int field = 5;

    private static <T> Object call(Task<T> task) throws Exception {
        return Wire.send(task).call();
    }

    private static <A, R> Object apply(TaskFunction<A, R> function, A argument) throws Exception {
        return Wire.send(function).apply(argument);
    }

    @Test
    void aLambdaThatCapturesNothingArrives() throws Exception {
        assertThat(call(() -> 42)).isEqualTo(42);
        assertThat(apply(x -> x + 1, 1)).isEqualTo(2);
        Action action = Wire.send((Action) RUNS::incrementAndGet);
        action.run();
        var sum = Wire.send((TaskBiFunction<Integer, Integer, Integer>) Integer::sum);
        assertThat(sum.apply(1, 2)).isEqualTo(3);
        var part = Wire.send((TaskTriFunction<String, Integer, Integer, String>) String::substring);
        assertThat(part.apply("abcdef", 1, 3)).isEqualTo("bc");
    }

    @Test
    void aLambdaWithCapturesArrives() throws Exception {
        int number = 7;
        String text = "seven";
        long[] array = {1, 2};
        var builder = new StringBuilder("ab").deleteCharAt(0);
        double d = 0.5;
        assertThat(call(() -> text + number + array[1] + builder + d)).isEqualTo("seven72b0.5");
    }

    @Test
    void methodReferencesArrive() throws Exception {
        assertThat(apply(LambdasTest::twice, 4)).isEqualTo(8);
        assertThat(apply(ArrayList<Integer>::new, List.of(1))).isEqualTo(List.of(1));
        assertThat(apply(Integer::parseInt, "12")).isEqualTo(12);
        assertThat(apply(String::length, "abc")).isEqualTo(3);
        assertThat(apply("abc"::concat, "d")).isEqualTo("abcd");
        assertThat(apply(this::plusField, 1)).isEqualTo(6);
        assertThat(apply(int[]::new, 3)).isEqualTo(new int[3]);
        assertThat(apply(Math::abs, -3)).isEqualTo(3);
    }

    private static int twice(int x) {
        return 2 * x;
    }

    private int plusField(int x) {
        return x + field;
    }

    @Test
    void nestedLambdasArrive() throws Exception {
        TaskFunction<Integer, Integer> inner = x -> x + 1;
        TaskFunction<Integer, Integer> outer = x -> inner.apply(inner.apply(x));
        assertThat(apply(outer, 1)).isEqualTo(3);
        Task<Task<String>> maker = () -> () -> "made there";
        assertThat(call(Wire.send(maker).call())).isEqualTo("made there");
    }

    @Test
    void aLambdaThatCapturesASerializableThisArrives() throws Exception {
        assertThat(call(() -> field + 1)).isEqualTo(6);
    }

    @Test
    void lambdasOfOtherInterfacesArriveIfTheyAreCast() throws Exception {
        Callable<Integer> callable = Wire.send((Callable<Integer> & Serializable) () -> 1);
        assertThat(callable.call()).isEqualTo(1);
        Function<String, Integer> function = Wire.send((Function<String, Integer> & Serializable) String::length);
        assertThat(function.apply("four")).isEqualTo(4);
    }

    private record Add(int to) implements TaskFunction<Integer, Integer> {
        @Override
        public Integer apply(Integer x) {
            return x + to;
        }
    }

    private enum Negate implements TaskFunction<Integer, Integer> {
        INSTANCE;

        @Override
        public Integer apply(Integer x) {
            return -x;
        }
    }

    private static Task<String> anonymous(String text) {
        return new Task<>() {
            @Serial
            private static final long serialVersionUID = 1L;

            @Override
            public String call() {
                return text;
            }
        };
    }

    @Test
    void objectsThatAreTasksArrive() throws Exception {
        assertThat(apply(new Add(3), 4)).isEqualTo(7);
        assertThat(apply(Negate.INSTANCE, 4)).isEqualTo(-4);
        assertThat(call(anonymous("said"))).isEqualTo("said");
    }

    interface Made {
        static Task<String> task(String text) {
            return () -> text + "!";
        }
    }

    @Test
    void aLambdaMadeInAnInterfaceArrives() throws Exception {
        assertThat(call(Made.task("hi"))).isEqualTo("hi!");
    }

    /// The second one is found in the table: the same names, different captures.
    @Test
    void aKnownLambdaArrivesWithItsOwnCaptures() throws Exception {
        Values values = Wire.values();
        var results = new ArrayList<Object>();
        for (int i = 0; i < 5; i++) {
            int captured = i;
            Task<Integer> task = () -> captured * 10;
            results.add(((Task<?>) Wire.decode(values, Wire.encode(values, task))).call());
        }
        assertThat(results).containsExactly(0, 10, 20, 30, 40);
    }

    @Test
    void aKnownLambdaWithoutCapturesIsOneObject() {
        Values values = Wire.values();
        byte[] bytes = Wire.encode(values, (Task<Integer>) () -> 1);
        assertThat(Wire.decode(values, bytes)).isSameAs(Wire.decode(values, bytes));
    }

    /// Names decide; a wrong hash finds no wrong lambda.
    @Test
    void twoLambdasWithTheSameHashStayTwo() throws Exception {
        Values values = Wire.values();
        byte[] one = Wire.encode(values, (Task<Integer>) () -> 1);
        byte[] two = Wire.encode(values, (Task<Integer>) () -> 2);
        System.arraycopy(one, 1, two, 1, Long.BYTES);
        for (int i = 0; i < 3; i++) {
            assertThat(((Task<?>) Wire.decode(values, one)).call()).isEqualTo(1);
            assertThat(((Task<?>) Wire.decode(values, two)).call()).isEqualTo(2);
        }
    }

    /// More hashes than entries of the table: it replaces entries, does not grow, and does not confuse them.
    @Test
    void theTableOfLambdasMayOverflow() throws Exception {
        Values values = Wire.values();
        byte[] bytes = Wire.encode(values, (Task<Integer>) () -> 1);
        for (long hash = 0; hash < 5000; hash++) {
            java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.nativeOrder()).putLong(1, hash);
            assertThat(((Task<?>) Wire.decode(values, bytes)).call()).isEqualTo(1);
        }
    }

    @Test
    void aLambdaIsReadByTheContextClassLoader(@TempDir Path directory) throws Exception {
        String source = """
            public class Elsewhere {
                public static Object task() {
                    int n = 6;
                    return (io.sluice.pool.task.Task<Integer>) () -> n * 7;
                }
            }
            """;
        try (var compiled = new Compiled(directory, "Elsewhere", source)) {
            Values values = Wire.values();
            byte[] bytes = Wire.encode(values, compiled.call("task"));
            Supplier<Object> read = () -> Wire.decode(values, bytes);
            for (int i = 0; i < 2; i++) {
                assertThat(((Task<?>) Compiled.within(compiled.loader(), read)).call()).isEqualTo(42);
                assertThatThrownBy(read::get).isInstanceOf(CodecException.class).hasMessage(
                    "class Elsewhere, which made the lambda, is not on the class path of this process");
            }
        }
    }

    @Test
    void aLambdaThatTheClassHereDoesNotMakeIsRefused() {
        byte[] bytes = Wire.encode((Task<Integer>) () -> 1);
        byte[] other = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
            .replace("lambda$aLambdaThatTheClass", "lambda$aLambdaThatTheKlass")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(other).isNotEqualTo(bytes);
        assertThatThrownBy(() -> Wire.decode(other)).isInstanceOf(CodecException.class)
            .hasMessageContaining("Invalid lambda deserialization");
    }

    // Closed packages: java.io has access that Sluice has not.

    @Test
    void aLambdaOfAClosedPackageTravelsByJavaSerialization() {
        Comparator<String> comparator = Comparator.comparing((Function<String, Integer> & Serializable) String::length);
        assertThatThrownBy(() -> Wire.encode(comparator)).isInstanceOf(CodecException.class)
            .hasMessageContaining("allow(\"java.util.Comparator\")");
        Values named = Wire.values("java.util.Comparator");
        @SuppressWarnings("unchecked")
        var copy = (Comparator<String>) Wire.decode(named, Wire.encode(named, comparator));
        assertThat(copy.compare("aa", "b")).isPositive();
    }

    @Test
    void aLambdaWhosePackageIsClosedOnlyHereTravelsByJavaSerialization() throws Exception {
        Method body = Arrays.stream(Map.Entry.class.getDeclaredMethods())
            .filter(method -> method.getName().startsWith("lambda$comparingByKey$") && method.getParameterCount() == 2)
            .findFirst().orElseThrow();
        String entries = "(Ljava/util/Map$Entry;Ljava/util/Map$Entry;)I";
        var names = new ByteArrayOutputStream();
        var out = new DataOutputStream(names);
        out.writeByte(6);
        for (String name : List.of("java/util/Map$Entry", "java/util/Comparator", "compare",
                "(Ljava/lang/Object;Ljava/lang/Object;)I", "java/util/Map$Entry", body.getName(), entries, entries)) {
            out.writeUTF(name);
        }
        out.writeLong(ClassIdentity.UNKNOWN);
        var buffer = new ExpandableMemoryBuffer();
        buffer.putByte(0, Values.LAMBDA);
        buffer.putInt(9, names.size());
        buffer.putBytes(13, names.toByteArray());
        buffer.putByte(13 + names.size(), (byte) 0);
        @SuppressWarnings("unchecked")
        var copy = (Comparator<Map.Entry<String, Integer>>) Wire.values().decode(buffer, 0, 14 + names.size());
        assertThat(copy.compare(Map.entry("a", 1), Map.entry("b", 0))).isNegative();
    }
}

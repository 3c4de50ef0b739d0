package io.sluice.core.codec;

import static io.sluice.core.codec.Samples.roundTrip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The code that messages of codecs advise is compiled, and sends the value that was refused.
class AdviceTest {
    private static final Pattern CALL = Pattern.compile("Codec\\.\\w+\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\)");
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final JavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);
    private static int compiled;

    record Stranger(int value) implements Serializable {}

    record Keeps(PriorityQueue<Integer> queue) implements Serializable {}

    @SuppressWarnings("ArrayRecordComponent") // the test is about arrays
    record Where(URI[] uris) implements Serializable {}

    record Anything(Object any) implements Serializable {}

    record Raw(@SuppressWarnings("rawtypes") List list) implements Serializable {}

    record Chain(Chain next) implements Serializable {}

    record Bare(StringBuilder text) {}

    static class Plain implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /// A refused codec, or a codec that refuses a value, and the value.
    record Case(String name, Callable<Codec<?>> codec, Object value) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() throws URISyntaxException {
        Chain deep = new Chain(null);
        for (int i = 0; i < 100; i++) {
            deep = new Chain(deep);
        }
        Object nested = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            nested = new ArrayList<>(List.of(nested));
        }
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 150_000; i++) {
            many.add(i);
        }
        Chain chain = deep;
        return List.of(
            new Case("of Object", () -> Codec.of(Object.class), new ArrayList<>(List.of(1, "two"))),
            new Case("of List", () -> Codec.of(List.class), new ArrayList<>(List.of("a"))),
            new Case("of Map", () -> Codec.of(Map.class), Map.of("a", 1)),
            new Case("of ArrayDeque", () -> Codec.of(ArrayDeque.class), new ArrayDeque<>(List.of(1)).clone()),
            new Case("of a plain class", () -> Codec.of(Plain.class), new Plain()),
            new Case("of an array", () -> Codec.of(Plain[].class), new Plain[] {new Plain()}),
            new Case("component of the JDK", () -> Codec.ofRecord(Keeps.class),
                new Keeps(new PriorityQueue<>(List.of(2, 1)))),
            new Case("component array", () -> Codec.ofRecord(Where.class), new Where(new URI[] {new URI("a:b")})),
            new Case("component Object", () -> Codec.ofRecord(Anything.class), new Anything(new Stranger(1))),
            new Case("component raw", () -> Codec.ofRecord(Raw.class), new Raw(Arrays.asList(1, null, "x"))),
            new Case("stranger", Codec::serializable, new Stranger(1)),
            new Case("stranger in a list", Codec::serializable, new ArrayList<>(List.of(new Stranger(2), new Plain()))),
            new Case("stranger beside a name", () -> Codec.serializable("com.acme.**"), new Stranger[] {}),
            new Case("stranger of the JDK", () -> Codec.serializable(Object.class, StreamLimits.defaults()
                .withDepth(30).withBytes(1000)), new PriorityQueue<>(List.of(1))),
            new Case("deep", () -> Codec.serializable(Chain.class), chain),
            new Case("deep lists", Codec::serializable, nested),
            new Case("many", Codec::serializable, many),
            new Case("large array", Codec::serializable, new long[1_500_000]));
    }

    /// Repeatedly followed, the advice leads to a codec that sends the value.
    @ParameterizedTest
    @MethodSource("cases")
    void adviceIsCodeThatWorks(Case refused) throws Exception {
        ThrowingCallable attempt = () -> roundTripAny(refused.codec().call(), refused.value());
        Throwable refusal = catchThrowable(attempt);
        assertThat(refusal).isInstanceOfAny(CodecException.class, IllegalArgumentException.class);
        for (int followed = 0; refusal != null; followed++) {
            assertThat(followed).isLessThan(4);
            List<String> calls = calls(refusal.getMessage());
            assertThat(calls).as(refusal.getMessage()).isNotEmpty();
            Codec<?> advised = null;
            for (String call : calls) {
                Codec<?> codec = evaluated(call);
                advised = advised == null ? codec : advised;
            }
            Codec<?> tried = advised;
            refusal = catchThrowable(() -> roundTripAny(tried, refused.value()));
        }
    }

    @SuppressWarnings("unchecked") // the value is of the codec's type
    private static void roundTripAny(Codec<?> codec, Object value) {
        assertThat(roundTrip((Codec<Object>) codec, value)).hasSameClassAs(value);
    }

    private static List<String> calls(String message) {
        List<String> calls = new ArrayList<>();
        for (Matcher matcher = CALL.matcher(message); matcher.find(); ) {
            calls.add(matcher.group());
        }
        return calls;
    }

    /// A type that cannot be serialized either gets no advice to serialize it.
    @Test
    void noAdviceIsGivenThatCannotWork() {
        for (Class<?> type : List.of(Thread.class, ThreadLocal[].class, java.util.Optional.class)) {
            assertThatThrownBy(() -> Codec.of(type)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("objects of " + (type.isArray() ? type.getComponentType() : type).getName()
                    + " are not Serializable either; send their parts")
                .hasMessageNotContaining("Codec.serializable");
        }
        assertThatThrownBy(() -> Codec.ofRecord(Bare.class)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageEndingWith("for other types let Bare implement Serializable and use"
                + " Codec.serializable(Bare.class, \"io.sluice.core.codec.**\"), or write a Codec of your own");
    }

    /// The natural first attempts fail with the code to write instead.
    @Test
    void naturalFirstAttemptsFailWithTheCodeToWrite() {
        assertThatThrownBy(() -> Codec.of(Object.class)).hasMessageContaining("use Codec.serializable(), or");
        assertThatThrownBy(() -> Codec.of(List.class))
            .hasMessageStartingWith("List: java.util.List does not declare the types of its elements; make it the"
                + " component of a record, as in record Names(List<String> list) {}, and use Codec.ofRecord;")
            .hasMessageEndingWith("use Codec.serializable(List.class), or write a Codec of your own");
    }

    // Compiling.

    private static Codec<?> evaluated(String call) throws Exception {
        String name = "Advice" + compiled++;
        String source = """
            package io.sluice.core.codec;
            import io.sluice.core.codec.AdviceTest.*;
            import java.util.*;
            class %s implements java.util.concurrent.Callable<Codec<?>> {
                public Codec<?> call() { return %s; }
            }
            """.formatted(name, call);
        var bytes = new ByteArrayOutputStream();
        var unit = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        assertThat(COMPILER.getTask(null, new InMemory(FILES, bytes), null,
            List.of("-proc:none", "-cp", System.getProperty("java.class.path")), null, List.of(unit)).call())
            .as(call).isTrue();
        Class<?> type = MethodHandles.lookup().defineClass(bytes.toByteArray());
        return (Codec<?>) ((Callable<?>) type.getDeclaredConstructor().newInstance()).call();
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final ByteArrayOutputStream bytes;

        InMemory(JavaFileManager standard, ByteArrayOutputStream bytes) {
            super(standard);
            this.bytes = bytes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("mem:///" + name + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() throws IOException {
                    return bytes;
                }
            };
        }
    }
}

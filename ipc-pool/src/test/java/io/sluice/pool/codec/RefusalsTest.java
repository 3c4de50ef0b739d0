package io.sluice.pool.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import java.io.Serial;
import java.io.Serializable;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The refusal of a value names the reason and the way out.
final class RefusalsTest {
    private static final String HOW = "; write it as io.sluice.pool.task.Task, Action or TaskFunction: declare the pool"
        + " as ProcessPool, not as ExecutorService, or cast the lambda: (Task<Integer>) () -> 1";

    private static final String HOW_PATTERN = Pattern.quote(HOW);

    private final int field = 1;

    @SuppressWarnings({"serial", "UnusedVariable"}) // the fields are there to be refused
    private static final class Customer implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;
        private final transient Thread notLooked = Thread.currentThread();
        private final Object socket;

        Customer(Object socket) {
            this.socket = socket;
        }
    }

    private record Order(String name, Customer customer) implements Serializable {}

    private static void refuses(Object value, String message) {
        assertThatThrownBy(() -> Wire.encode(value)).isInstanceOf(CodecException.class).hasMessage(message);
    }

    private static void refusesLike(Object value, String pattern) {
        assertThatThrownBy(() -> Wire.encode(value)).isInstanceOf(CodecException.class).hasMessageMatching(pattern);
    }

    @Test
    void anObjectThatIsNotSerializable() {
        refuses(new Socket(), "java.net.Socket is not Serializable");
        refuses(new Pair<>(1, new Socket()), "Pair.second: java.net.Socket is not Serializable");
    }

    @Test
    void aLambdaWhoseInterfaceIsNotSerializable() {
        Callable<Integer> callable = () -> 1;
        refuses(callable, "a lambda of type java.util.concurrent.Callable is not Serializable" + HOW);
        Executor reference = Runnable::run;
        refuses(List.of(reference),
            "List[0]: a lambda of type java.util.concurrent.Executor is not Serializable" + HOW);
    }

    @Test
    void aFunctionThatTheJdkHasComposed() {
        TaskFunction<Integer, Integer> ours = x -> x;
        assertThat((Object) Wire.send(ours)).isNotNull();
        java.util.function.Function<Integer, Integer> one =
            (java.util.function.Function<Integer, Integer> & Serializable) x -> x;
        refuses(one.andThen(one), "a lambda of type java.util.function.Function is not Serializable" + HOW);
    }

    // Captures.

    @Test
    void aCapturedVariable() {
        long first = 1;
        var socket = new Socket();
        Task<String> task = () -> first + socket.toString();
        refusesLike(task, "captured variable 'socket' of type java\\.net\\.Socket is not Serializable"
            + " \\(in lambda at io\\.sluice\\.pool\\.codec\\.RefusalsTest\\.aCapturedVariable, line \\d+\\)");
    }

    @Test
    void aCapturedThis() {
        Task<Integer> task = () -> field + 1;
        refusesLike(task, "captured 'this' of type io\\.sluice\\.pool\\.codec\\.RefusalsTest is not Serializable"
            + " \\(in lambda at .*\\.aCapturedThis, line \\d+\\); using a field or a method of it captures the whole"
            + " object: copy the needed value to a local variable");
    }

    @Test
    void aVariableCapturedBesideThis() {
        var travels = new SerializableOuter();
        refusesLike(travels.task(new Socket()), "captured variable 'beside' of type java\\.net\\.Socket is not"
            + " Serializable \\(in lambda at .*\\$SerializableOuter\\.task, line \\d+\\)");
    }

    private static final class SerializableOuter implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;
        private final int number = 1;

        Task<String> task(Socket beside) {
            return () -> number + beside.toString();
        }
    }

    @Test
    void aCapturedLambda() {
        Callable<Integer> inner = () -> 1;
        Task<Integer> task = () -> inner.call();
        refusesLike(task, "captured variable 'inner' of type a lambda of type java\\.util\\.concurrent\\.Callable is"
            + " not Serializable \\(in lambda at .*\\.aCapturedLambda, line \\d+\\);"
            + " write it as io\\.sluice\\.pool\\..*");
    }

    @Test
    void theObjectOfAMethodReference() {
        var socket = new Socket();
        Task<Integer> task = socket::getPort;
        refuses(task, "the object of the method reference of type java.net.Socket is not Serializable (in method"
            + " reference java.net.Socket::getPort at io.sluice.pool.codec.RefusalsTest)");
    }

    @Test
    void aPartOfACapturedVariable() {
        var order = new Order("x", new Customer(new Socket()));
        Task<String> task = () -> order.name();
        refusesLike(task, "captured variable 'order' \\(in lambda at .*\\.aPartOfACapturedVariable, line \\d+\\):"
            + " Order\\.customer\\.socket: java\\.net\\.Socket is not Serializable");
    }

    @Test
    void aVariableOfALambdaInALambda() {
        var socket = new Socket();
        Task<String> inner = () -> socket.toString();
        Task<String> outer = () -> inner.call();
        refusesLike(outer, "captured variable 'inner' \\(in lambda at .*, line \\d+\\): captured variable 'socket' of"
            + " type java\\.net\\.Socket is not Serializable \\(in lambda at .*, line \\d+\\)");
        refuses(new Customer(outer), "Customer.socket.inner.socket: java.net.Socket is not Serializable");
    }

    private static final String CAPTURING = """
        public class Capturing {
            public static Object task() {
                long before = 1;
                java.net.Socket plug = new java.net.Socket();
                return (io.sluice.pool.task.Task<String>) () -> before + plug.toString();
            }
        }
        """;

    @Test
    void aVariableIsNamedByTheDebugInformation(@TempDir Path directory) throws Exception {
        try (var compiled = new Compiled(directory, "Capturing", CAPTURING, "-g")) {
            refuses(compiled.call("task"), "captured variable 'plug' of type java.net.Socket is not Serializable"
                + " (in lambda at Capturing.task, line 5)");
        }
    }

    @Test
    void aVariableWithoutANameHasANumber(@TempDir Path directory) throws Exception {
        try (var compiled = new Compiled(directory, "Capturing", CAPTURING, "-g:none")) {
            refuses(compiled.call("task"), "captured variable #2 of type java.net.Socket is not Serializable"
                + " (in lambda at Capturing.task)");
        }
    }

    // Graphs.

    @Test
    void aFieldOfAField() {
        refuses(new Order("x", new Customer(new Socket())),
            "Order.customer.socket: java.net.Socket is not Serializable");
    }

    @Test
    void anElementOfAnArrayOrACollectionOrAMap() {
        refuses(new Object[] {1, new Socket()}, "Object[1]: java.net.Socket is not Serializable");
        var list = new ArrayList<Object>(List.of(1, 2, new Customer(new Object[] {new Socket()})));
        refuses(list, "ArrayList[2].socket[0]: java.net.Socket is not Serializable");
        var map = new LinkedHashMap<Object, Object>();
        map.put("a", 1);
        map.put("b", new Socket());
        refuses(map, "LinkedHashMap[1].value: java.net.Socket is not Serializable");
        map.clear();
        map.put(new Customer(new Socket()), 1);
        refuses(map, "LinkedHashMap[0].key.socket: java.net.Socket is not Serializable");
    }

    @Test
    void aCyclicGraph() {
        var list = new ArrayList<Object>();
        list.add(list);
        list.add(new Socket());
        refuses(list, "ArrayList[1]: java.net.Socket is not Serializable");
    }

    @Test
    void theOuterObjectOfAnInnerClass() {
        var inner = new Task<Integer>() {
            @Serial
            private static final long serialVersionUID = 1L;

            @Override
            public Integer call() {
                return field;
            }
        };
        refusesLike(inner, "RefusalsTest\\$\\d\\.this\\$0: io\\.sluice\\.pool\\.codec\\.RefusalsTest is not"
            + " Serializable; an inner class holds its outer object: make it static, a record or a lambda");
    }

    @Test
    void anExceptionInAValue() {
        refuses(new IllegalStateException("x", new Unsendable()),
            "IllegalStateException.cause.socket: java.net.Socket is not Serializable");
    }

    @SuppressWarnings({"serial", "UnusedVariable"})
    private static final class Unsendable extends Exception {
        private final Socket socket = new Socket();
    }

    @Test
    void aVariableOfALambdaWhosePackageIsClosed() {
        Comparator<String> comparator = Comparator.comparingInt(String::length);
        assertThatThrownBy(() -> Wire.encode(Wire.values("java.util.Comparator"), comparator))
            .isInstanceOf(CodecException.class)
            .hasMessageMatching("captured variable (#1|'\\w+') of type a lambda of type"
                + " java\\.util\\.function\\.ToIntFunction is not Serializable"
                + " \\(in lambda at java\\.util\\.Comparator\\.comparingInt, line \\d+\\)" + HOW_PATTERN);
    }

    /// Reflection has no access to the JDK's own classes: the message names only the class.
    @Test
    void aClassWithoutReflectiveAccess() {
        var reference = new java.util.concurrent.atomic.AtomicReference<Object>(new Socket());
        assertThatThrownBy(() -> Wire.encode(Wire.values("java.util.concurrent.atomic.AtomicReference"), reference))
            .isInstanceOf(CodecException.class)
            .hasMessage("java.net.Socket is not Serializable (in an object of class"
                + " java.util.concurrent.atomic.AtomicReference)");
    }
}

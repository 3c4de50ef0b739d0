package io.sluice.pool.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.RemoteTrace;
import io.sluice.pool.task.RemoteException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.PrintWriter;
import java.io.Serial;
import java.lang.reflect.InvocationTargetException;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FailuresTest {
    private static Throwable send(Throwable failure) {
        return Wire.decodeFailure(Wire.encodeFailure(failure));
    }

    private static RemoteException sendInVain(Throwable failure) {
        Throwable copy = send(failure);
        assertThat(copy).isExactlyInstanceOf(RemoteException.class);
        return (RemoteException) copy;
    }

    @Test
    void anExceptionArrivesAsTheSameTypeWithItsTraceAsRootCause() {
        Throwable copy = send(new IOException("outer", new IllegalStateException("inner")));
        assertThat(copy).isExactlyInstanceOf(IOException.class).hasMessage("outer");
        assertThat(copy.getCause()).isExactlyInstanceOf(IllegalStateException.class).hasMessage("inner");
        assertThat(copy.getStackTrace()[0].getClassName()).isEqualTo(FailuresTest.class.getName());
        Throwable root = copy.getCause().getCause();
        assertThat(root).isExactlyInstanceOf(RemoteTrace.class).hasNoCause();
        assertThat(root.getStackTrace()).isEmpty();
        assertThat(root.getMessage())
            .startsWith("worker-1, process 42:\njava.io.IOException: outer\n\tat io.sluice.pool.codec.FailuresTest.")
            .contains("Caused by: java.lang.IllegalStateException: inner");
    }

    @Test
    void exceptionsOfAnyModuleOfTheJdkArrive() {
        assertThat(send(new SQLException("x"))).isExactlyInstanceOf(SQLException.class);
        assertThat(send(new InvocationTargetException(new IOException("y")))).isExactlyInstanceOf(
            InvocationTargetException.class).hasRootCauseInstanceOf(RemoteTrace.class);
        assertThat(send(new StackOverflowError())).isExactlyInstanceOf(StackOverflowError.class);
    }

    @Test
    void anExceptionWhoseCauseIsFixedHasItsTraceAmongTheSuppressed() {
        Throwable copy = send(new IllegalStateException("x", null));
        assertThat(copy).isExactlyInstanceOf(IllegalStateException.class).hasNoCause();
        assertThat(copy.getSuppressed()).singleElement().isInstanceOf(RemoteTrace.class);
    }

    @Test
    void anExceptionMayTravelTwice() {
        Throwable copy = send(send(new IOException("x")));
        assertThat(copy).isExactlyInstanceOf(IOException.class).hasRootCauseInstanceOf(RemoteTrace.class);
        assertThat(copy.getCause().getSuppressed()).singleElement().isInstanceOf(RemoteTrace.class);
    }

    @Test
    void anExceptionWithACyclicCauseArrives() {
        var a = new IOException("a");
        var b = new IOException("b", a);
        a.initCause(b);
        Throwable copy = send(a);
        assertThat(copy).isExactlyInstanceOf(IOException.class).hasMessage("a");
        assertThat(copy.getSuppressed()).singleElement().isInstanceOf(RemoteTrace.class);
    }

    @SuppressWarnings({"serial", "UnusedVariable"}) // the field is there to be refused
    private static final class HoldsASocket extends Exception {
        private final Socket socket = new Socket();

        HoldsASocket() {
            super("holds one");
        }
    }

    @Test
    void anExceptionThatDoesNotTravelIsRepresented() {
        RemoteException copy = sendInVain(new HoldsASocket());
        assertThat(copy).hasMessage(HoldsASocket.class.getName() + ": holds one")
            .hasCauseInstanceOf(RemoteTrace.class);
        assertThat(copy.remoteClass()).isEqualTo(HoldsASocket.class.getName());
        assertThat(copy.remoteMessage()).isEqualTo("holds one");
        assertThat(copy.remoteTrace()).startsWith("worker-1, process 42:\n" + HoldsASocket.class.getName())
            .contains("\tat " + FailuresTest.class.getName());
        assertThat(copy.getSuppressed()).singleElement().isInstanceOf(CodecException.class)
            .extracting(Throwable::getMessage)
            .isEqualTo("HoldsASocket.socket: java.net.Socket is not Serializable");
    }

    private static final class ThrowsWhenRead extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;
        private final int what;

        ThrowsWhenRead(int what) {
            super("text");
            this.what = what;
        }

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            switch (what) {
                case 0 -> throw new IOException("read");
                case 1 -> throw new IllegalStateException("read");
                case 2 -> throw new AssertionError("read");
                case 3 -> throw new StackOverflowError("read");
                default -> throw new OutOfMemoryError("read");
            }
        }
    }

    private static final class ResolvesToSomethingElse extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private Object readResolve() {
            return "no exception";
        }
    }

    @Test
    void anExceptionThatDoesNotDecodeIsRepresented() {
        for (int what = 0; what < 5; what++) {
            assertThat(sendInVain(new ThrowsWhenRead(what)).remoteMessage()).isEqualTo("text");
        }
        RemoteException copy = sendInVain(new ResolvesToSomethingElse());
        assertThat(copy.remoteMessage()).isNull();
        assertThat(copy).hasMessage(ResolvesToSomethingElse.class.getName());
    }

    @Test
    void anExceptionWhoseClassIsAbsentIsRepresented(@TempDir Path directory) throws Exception {
        String source = """
            public class Absent extends RuntimeException {
                public static Object failure() {
                    return new Absent();
                }
            }
            """;
        try (var compiled = new Compiled(directory, "Absent", source)) {
            var failure = (Throwable) compiled.call("failure");
            byte[] bytes = Wire.encodeFailure(failure);
            Throwable copy = Wire.decodeFailure(bytes);
            assertThat(copy).isExactlyInstanceOf(RemoteException.class).hasMessage("Absent");
            assertThat(copy.getSuppressed()[0]).hasMessage("class Absent is not on the class path of this process");
            assertThat(Compiled.within(compiled.loader(), () -> Wire.decodeFailure(bytes)))
                .hasSameClassAs(failure);
        }
    }

    private static final class ThrowsWhenAsked extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("do not ask");
        }

        @Override
        public void printStackTrace(PrintWriter to) {
            throw new StackOverflowError();
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("do not ask");
        }

        @Serial
        private Object writeReplace() {
            return recurse();
        }

        @SuppressWarnings("InfiniteRecursion")
        private Object recurse() {
            return recurse();
        }
    }

    @Test
    void anExceptionWhoseMethodsAllThrowIsRepresented() {
        RemoteException copy = sendInVain(new ThrowsWhenAsked());
        assertThat(copy.remoteClass()).isEqualTo(ThrowsWhenAsked.class.getName());
        assertThat(copy.remoteMessage()).isEqualTo("(its getMessage() failed)");
        assertThat(copy.remoteTrace()).contains("(its printStackTrace() failed)");
    }

    @Test
    void aNullExceptionIsRepresented() {
        assertThat(sendInVain(null).remoteClass()).isEqualTo("null");
    }

    @Test
    void bytesThatAreNoFailureAreRepresented() {
        var buffer = new ExpandableMemoryBuffer();
        assertThat(Wire.values().failures().decode(buffer, 0, 0)).isInstanceOf(RemoteException.class)
            .hasMessage("unknown");
        assertThat(Wire.values().failures().decode(buffer, 0, 1 << 20)).isInstanceOf(RemoteException.class);
    }
}

package io.sluice.pool.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two versions of a class have different lambdas under the same names.
class ClassIdentityTest {
    private static final String SHOP = """
            import io.sluice.pool.task.Task;
            import java.io.Serializable;

            public class Shop {
                public record Order(Task<String> work) implements Serializable {}

                public static Object task() {
                    Task<String> %s = () -> "%s";
                    Task<String> %s = () -> "%s";
                    return charge;
                }

                public static Object order() {
                    return new Order((Task<String>) task());
                }

                public static Object reference() {
                    return (Task<String>) Shop::help;
                }

                private static String help() {
                    return "%s";
                }
            }
            """;

    @TempDir
    private Path folder;
    private Compiled old;
    private Compiled other;
    private Compiled same;

    @AfterEach
    void close() throws Exception {
        for (Compiled one : List.of(old, same, other)) {
            one.close();
        }
    }

    @BeforeEach
    void compile() throws Exception {
        String now = SHOP.formatted("charge", "charge the customer", "delete", "DELETE the customer", "help");
        String then = SHOP.formatted("delete", "DELETE the customer", "charge", "charge the customer", "no help");
        old = compiled("old", now);
        same = compiled("same", now);
        other = compiled("other", then);
    }

    private Compiled compiled(String name, String source) throws Exception {
        return new Compiled(Files.createDirectory(folder.resolve(name)), "Shop", source);
    }

    private static Object decode(Compiled where, byte[] bytes) {
        return Compiled.within(where.loader(), () -> Wire.decode(bytes));
    }

    @Test
    void aLambdaOfTheSameVersionArrives() throws Exception {
        byte[] bytes = Wire.encode(old.call("task"));
        assertThat(((Callable<?>) decode(same, bytes)).call()).isEqualTo("charge the customer");
        Object order = decode(same, Wire.encode(old.call("order")));
        assertThat(((Callable<?>) order.getClass().getMethod("work").invoke(order)).call())
                .isEqualTo("charge the customer");
    }

    /// As a task, in an object that java.io writes, and as a method reference.
    @Test
    void aLambdaOfAnotherVersionIsRefusedAndItsClassNamed() throws Exception {
        for (String what : List.of("task", "order", "reference")) {
            byte[] bytes = Wire.encode(old.call(what));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> decode(other, bytes)).as(what)
                        .isInstanceOf(CodecException.class)
                        .hasMessageContaining("class Shop of this process is another version than that of the sender");
            }
        }
    }
}

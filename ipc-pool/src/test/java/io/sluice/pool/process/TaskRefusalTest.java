package io.sluice.pool.process;

import io.sluice.pool.task.Action;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A task that cannot run in another JVM is refused at the call, with the reason and the way out; no process is started
/// for it.
class TaskRefusalTest {
    @TempDir
    private Path folder;

    /// Loaded by a loader of its own in this test.
    private static final class Stray implements Action {
        private static final long serialVersionUID = 1L;

        @Override
        public void act() {}
    }

    /// Loads one class itself, before its parent.
    private static final class OwnLoader extends ClassLoader {
        OwnLoader() {
            super(TaskRefusalTest.class.getClassLoader());
        }

        Class<?> define(Class<?> original) throws IOException {
            String file = original.getName().replace('.', '/') + ".class";
            try (InputStream in = original.getClassLoader().getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(original.getName(), bytes, 0, bytes.length);
            }
        }
    }

    @Test
    void aCaptureThatCannotTravelIsNamed() {
        Object socket = new Object();
        assertThatThrownBy(() -> JavaProcess.builder(() -> System.out.println(socket)).build())
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("captured variable 'socket' of type java.lang.Object is not Serializable")
                .hasMessageContaining("in lambda at " + TaskRefusalTest.class.getName());
        assertThat(JavaProcess.children()).isEmpty();
    }

    @Test
    void theUseOfAFieldCapturesThis() {
        assertThatThrownBy(() -> JavaProcess.start(() -> Files.createFile(folder.resolve("never"))))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("captured 'this' of type " + TaskRefusalTest.class.getName())
                .hasMessageContaining("copy the needed value to a local variable");
        assertThat(JavaProcess.children()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aClassOfALoaderOfItsOwnIsRefused() throws Exception {
        var constructor = new OwnLoader().define(Stray.class).getDeclaredConstructor();
        constructor.setAccessible(true);
        Action stray = (Action) constructor.newInstance();
        assertThat(stray).isNotInstanceOf(Stray.class);
        assertThatThrownBy(() -> JavaProcess.builder(stray).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("task " + Stray.class.getName() + ": its class comes from ")
                .hasMessageContaining(OwnLoader.class.getName())
                .hasMessageEndingWith("put the class there, or name a class path that has it with classPath(...) of the"
                        + " process, the pool or the context");
    }

    /// `java Program.java` keeps the compiled classes in its memory.
    @Test
    void aProgramThatRunsFromItsSourceFileIsRefusedWithTheWayToCompile() throws Exception {
        Path source = folder.resolve("Program.java");
        Files.writeString(source, """
                import io.sluice.pool.process.JavaProcess;

                public class Program {
                    public static void main(String[] arguments) throws Exception {
                        try (var process = JavaProcess.start(() -> {})) {
                            System.out.println(process.join());
                        }
                    }
                }
                """);
        Path output = folder.resolve("output");
        int code = Jvms.runCommand(output, List.of("--enable-native-access=ALL-UNNAMED",
                "--class-path", System.getProperty("java.class.path"), source.toString()));
        assertThat(output).content()
                .contains("IllegalArgumentException: task Program$$Lambda")
                .contains("this program runs from its source file")
                .contains("compile it first: javac -d classes");
        assertThat(code).isEqualTo(1);
    }
}

package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pool.ProcessPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.ListResourceBundle;
import java.util.ResourceBundle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Messages of Sluice go to loggers of the JDK, and on demand to standard error with the name of their process.
class SluiceLogTest {
    @TempDir
    private Path folder;

    @AfterEach
    void endRemainingProcesses() {
        SluiceLog.toStderr(Level.OFF);
        Jvms.endAll();
    }

    private static void log(Level level, String message, Object... parameters) {
        SluiceLog.logger().log(level, message, parameters);
    }

    /// The default log of the JDK prints on standard error too, so each line could be there twice.
    @Test
    void theLevelIsInheritedByChildrenAndWorkersAndEachLineIsPrintedOnce() throws Exception {
        Path errors = folder.resolve("errors");
        try (JavaProcess parent = JavaProcess.builder(() -> {
            SluiceLog.toStderr(Level.INFO);
            log(Level.INFO, "hello from {0}", "the parent");
            log(Level.DEBUG, "below the level");
            try (JavaProcess child = JavaProcess.builder(() -> {
                log(Level.INFO, "hello from the child");
                throw new IOException("no such thing");
            }).name("unlucky").start()) {
                child.join();
            }
            try (ProcessPool pool = ProcessPool.builder().name("kitchen").workers(1).build()) {
                pool.submit(() -> log(Level.WARNING, "hello from the worker")).join();
            }
        }).name("parent").stderr(Redirect.to(errors.toFile())).start()) {
            assertThat(Jvms.join(parent)).isEqualTo(new Exit.Returned(0));
        }
        List<String> lines = Files.readAllLines(errors);
        assertThat(lines).filteredOn(line -> !line.startsWith("\t")).satisfiesExactly(
                line -> assertThat(line).isEqualTo("[INFO/parent] hello from the parent"),
                line -> assertThat(line).isEqualTo("[INFO/unlucky] started by parent"),
                line -> assertThat(line).isEqualTo("[INFO/unlucky] hello from the child"),
                line -> assertThat(line).matches("\\[ERROR/unlucky] the task of process [0-9]+ failed:"
                        + " java.io.IOException: no such thing"),
                line -> assertThat(line).isEqualTo("[INFO/kitchen-worker-0] started by parent"),
                line -> assertThat(line).isEqualTo("[WARNING/kitchen-worker-0] hello from the worker"));
    }

    /// An application with a log of its own gets every message, and only those of Sluice are on standard error too.
    @Test
    void theLogOfAnApplicationGetsTheMessagesToo() throws Exception {
        Path errors = folder.resolve("errors");
        Path log = folder.resolve("log");
        try (JavaProcess process = withFinder(log)
                .name("unlucky").stderr(Redirect.to(errors.toFile())).start()) {
            assertThat(Jvms.join(process)).isInstanceOf(Exit.Failed.class);
            // The JDK logs the call of System.exit.
            assertThat(Files.readAllLines(log)).filteredOn(line -> !line.contains("java.lang.Runtime")).containsExactly(
                    "INFO io.sluice before the call, null",
                    "INFO io.sluice after the call, null",
                    "INFO application not of Sluice, null",
                    "DEBUG io.sluice below the level, null",
                    "ERROR io.sluice.pool.process the task of process 'unlucky' (" + process.pid()
                            + ") failed, java.lang.IllegalStateException: no flour");
            assertThat(Files.readAllLines(errors)).filteredOn(line -> !line.startsWith("\t")).containsExactly(
                    "[INFO/unlucky] after the call",
                    "[ERROR/unlucky] the task of process " + process.pid()
                            + " failed: java.lang.IllegalStateException: no flour");
        }
    }

    private JavaProcess.Builder withFinder(Path log) throws IOException {
        Path services = Files.createDirectories(folder.resolve("classes/META-INF/services"));
        Files.writeString(services.resolve(System.LoggerFinder.class.getName()), Finder.class.getName());
        return JavaProcess.builder(() -> {
            log(Level.INFO, "before the call");
            SluiceLog.toStderr(Level.INFO);
            log(Level.INFO, "after the call");
            System.getLogger("application").log(Level.INFO, "not of Sluice");
            log(Level.DEBUG, "below the level");
            throw new IllegalStateException("no flour");
        }).classPath(folder.resolve("classes") + ":" + System.getProperty("java.class.path"))
                .jvmOptions("-Dtest.log=" + log);
    }

    /// A bridge such as that of SLF4J.
    public static final class Finder extends System.LoggerFinder {
        @Override
        public System.Logger getLogger(String name, Module module) {
            return new Recorder(name);
        }
    }

    private record Recorder(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable failure) {
            try {
                Files.writeString(Path.of(System.getProperty("test.log")),
                        level + " " + name + " " + message + ", " + failure + System.lineSeparator(),
                        StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            log(level, bundle, format, (Throwable) null);
        }
    }

    /// A look-up of a logger costs some forty classes, so a child that logs nothing must not make one.
    @Test
    void aChildThatLogsNothingLoadsNoLog() throws Exception {
        Path classes = folder.resolve("classes");
        try (JavaProcess process = Jvms.quiet(() -> {}).jvmOptions("-Xlog:class+load:file=" + classes).start()) {
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(0));
        }
        assertThat(Files.readAllLines(classes)).noneMatch(line -> line.contains("java.util.logging.")
                || line.contains("System$Logger") || line.contains("io.sluice.pool.log.Log "));
    }

    /// As the loggers of the JDK do.
    @Test
    void aMessageIsMadeOfItsFormatOrItsBundle() {
        ResourceBundle bundle = new ListResourceBundle() {
            @Override
            protected Object[][] getContents() {
                return new Object[][] {{"greeting", "hello, {0}"}};
            }
        };
        String text = printed(() -> {
            System.Logger logger = SluiceLog.logger();
            logger.log(Level.WARNING, "braces {0} stay");
            logger.log(Level.WARNING, "a {0} of {1}", "cup", "tea");
            logger.log(Level.WARNING, "a {0", "broken format");
            logger.log(Level.ERROR, bundle, "greeting", "Ada");
            logger.log(Level.ERROR, bundle, "without a text", "Ada");
            logger.log(Level.INFO, "below the level");
            assertThat(logger.isLoggable(Level.WARNING)).isTrue();
            assertThat(logger.getName()).isEqualTo("io.sluice");
        });
        assertThat(text.lines()).containsExactly(
                "[WARNING/main] braces {0} stay",
                "[WARNING/main] a cup of tea",
                "[WARNING/main] a {0",
                "[ERROR/main] hello, Ada",
                "[ERROR/main] without a text");
    }

    private static String printed(Runnable action) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            SluiceLog.toStderr(Level.WARNING);
            action.run();
        } finally {
            SluiceLog.toStderr(Level.OFF);
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

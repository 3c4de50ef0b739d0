package io.sluice.pool.process;

import io.sluice.pool.task.Action;
import static io.sluice.pool.process.Jvms.SIGKILL;
import static io.sluice.pool.process.Jvms.SIGTERM;
import static io.sluice.pool.process.Jvms.SIGINT;
import static io.sluice.pool.process.Jvms.SIGUSR1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The end of a process is reported exactly: a code above 128 is not a signal, a signal is not a code, and an exception
/// has its type, its message and its trace.
class ExitTest {
    @TempDir
    private Path folder;

    @AfterEach
    void endRemainingProcesses() {
        Jvms.endAll();
    }

    /// An exception whose `getMessage` throws.
    private static final class Wicked extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final boolean withError;

        Wicked(boolean withError) {
            this.withError = withError;
        }

        @Override
        public String getMessage() {
            if (withError) {
                throw new AssertionError("no message");
            }
            throw new IllegalStateException("no message");
        }
    }

    private static void reportReadyAndWait() throws IOException {
        System.out.println("ready");
        System.out.flush();
        var _ = System.in.read();
    }

    private static JavaProcess startWaiting(Action task) throws IOException {
        JavaProcess process = Jvms.quiet(task).stdin(Redirect.PIPE).stdout(Redirect.PIPE).start();
        assertThat(Jvms.readLine(process.stdout())).isEqualTo("ready");
        return process;
    }

    /// Runs before the main class of a JVM: sends it a signal, and delays the end until the main class runs.
    public static final class TerminatedWhileStarting {
        private static final long WATCHDOG_MILLIS = 30_000;

        private TerminatedWhileStarting() {}

        /// Named in the manifest of an agent.
        ///
        /// @param arguments none
        /// @throws IOException if there is no `kill`
        public static void premain(String arguments) throws IOException {
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    main.join(WATCHDOG_MILLIS);
                } catch (InterruptedException never) {
                    throw new IllegalStateException(never);
                }
            }));
            var _ = new ProcessBuilder("kill", "-TERM", Long.toString(ProcessHandle.current().pid())).start();
            while (!isEnding()) {
                Thread.onSpinWait();
            }
        }

        private static boolean isEnding() {
            Thread hook = new Thread(() -> {});
            try {
                Runtime.getRuntime().addShutdownHook(hook);
                Runtime.getRuntime().removeShutdownHook(hook);
                return false;
            } catch (IllegalStateException ending) {
                return true;
            }
        }
    }

    /// The task does not run, nothing is printed, and the signal is reported.
    @Test
    void aSignalWhileItsJvmStartsEndsItAtOnce() throws Exception {
        Path agent = folder.resolve("agent.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", TerminatedWhileStarting.class.getName());
        new JarOutputStream(Files.newOutputStream(agent), manifest).close();
        Path errors = folder.resolve("errors");

        Exit exit = Jvms.quiet(() -> System.err.println("the task ran"))
                .jvmOptions("-javaagent:" + agent)
                .stderr(Redirect.to(errors.toFile()))
                .start()
                .join();

        assertThat(exit).isEqualTo(new Exit.Killed(SIGTERM));
        assertThat(errors).isEmptyFile();
    }

    @Test
    void aTaskThatReturnsIsASuccess() throws Exception {
        Exit exit = Jvms.run(() -> {});
        assertThat(exit).isEqualTo(new Exit.Returned(0)).hasToString("returned normally");
        assertThat(exit.isSuccess()).isTrue();
    }

    @Test
    void aCodeOfSystemExitArrives() throws Exception {
        Exit exit = Jvms.run(() -> System.exit(3));
        assertThat(exit).isEqualTo(new Exit.Returned(3)).hasToString("exited with code 3");
        assertThat(exit.isSuccess()).isFalse();
    }

    /// A failed task ends with code 1 as well; without a failure it is only a code.
    @Test
    void codeOneOfSystemExitIsNoFailure() throws Exception {
        assertThat(Jvms.run(() -> System.exit(1))).isEqualTo(new Exit.Returned(1));
    }

    /// The codes by which a shell and `Process.exitValue` report a death by SIGKILL, and by SIGTERM.
    @Test
    void codesAbove128AreCodes() throws Exception {
        assertThat(Jvms.run(() -> System.exit(137))).isEqualTo(new Exit.Returned(137));
        assertThat(Jvms.run(() -> System.exit(143))).isEqualTo(new Exit.Returned(143));
    }

    /// No hook of the child runs here, so only the kernel can tell (since Linux 6.15).
    @Test
    void haltWith137IsACodeWhereTheKernelTells() throws Exception {
        Exit exit = Jvms.run(() -> Runtime.getRuntime().halt(137));
        assertThat(exit).isIn(new Exit.Returned(137), new Exit.Killed(SIGKILL));
        if (kernelTellsWaitStatus()) {
            assertThat(exit).isEqualTo(new Exit.Returned(137));
        }
    }

    private static boolean kernelTellsWaitStatus() {
        String[] version = System.getProperty("os.version").split("[^0-9]", 3);
        int major = Integer.parseInt(version[0]);
        return major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 15);
    }

    @Test
    void aKilledProcessWasKilled() throws Exception {
        try (JavaProcess process = startWaiting(ExitTest::reportReadyAndWait)) {
            process.kill();
            Exit exit = Jvms.join(process);
            assertThat(exit).isEqualTo(new Exit.Killed(SIGKILL)).hasToString("was killed by SIGKILL");
            assertThat(exit.isSuccess()).isFalse();
            process.kill();
            process.terminate();
        }
    }

    /// A process that waits, and whose shutdown hook writes a file.
    private JavaProcess startWithHook() throws Exception {
        String path = folder.toString();
        return startWaiting(() -> {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    Jvms.write(path, "hook", "ran");
                } catch (IOException refused) {
                    System.err.println(refused);
                }
            }));
            reportReadyAndWait();
        });
    }

    /// Its hooks run, and the JVM's code 143 is reported as its cause, the signal.
    @Test
    void aTerminatedProcessRunsItsShutdownHooks() throws Exception {
        try (JavaProcess process = startWithHook()) {
            process.terminate();
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Killed(SIGTERM));
            assertThat(folder.resolve("hook")).hasContent("ran");
        }
    }

    /// The JVM may or may not handle the signal itself at that moment; both are reported as the same end.
    @Test
    void aProcessTerminatedAtOnceWasKilledBySigterm() throws Exception {
        try (JavaProcess process = Jvms.quiet(() -> Thread.sleep(Long.MAX_VALUE)).start()) {
            process.terminate();
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Killed(SIGTERM));
        }
    }

    @Test
    void anInterruptedProcessRunsItsShutdownHooksAlsoWhileItStarts() throws Exception {
        try (JavaProcess process = startWithHook();
                JavaProcess starting = Jvms.quiet(() -> Thread.sleep(Long.MAX_VALUE)).start()) {
            starting.interrupt();
            process.interrupt();
            if (Jvms.isIgnored(SIGINT)) {        // and so by the children, once they have come up
                starting.terminate();
                process.terminate();
                assertThat(Jvms.join(process)).isEqualTo(new Exit.Killed(SIGTERM));
                assertThat(Jvms.join(starting)).isInstanceOf(Exit.Killed.class);
            } else {
                assertThat(Jvms.join(process)).isEqualTo(new Exit.Killed(SIGINT));
                assertThat(Jvms.join(starting)).isEqualTo(new Exit.Killed(SIGINT));
            }
            assertThat(folder.resolve("hook")).hasContent("ran");
            process.interrupt();             // no effect after its end
        }
    }

    @Test
    void anySignalCanBeSentWhileTheProcessLives() throws Exception {
        try (JavaProcess process = startWaiting(ExitTest::reportReadyAndWait)) {
            for (int nonsense : new int[] {-1, 0, 65}) {
                assertThatThrownBy(() -> process.signal(nonsense))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("process '%s': signal %d is not between 1 and 64", process.name(), nonsense);
            }
            assertThat(process.signal(SIGUSR1)).isTrue();
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Killed(SIGUSR1)).hasToString("was killed by SIGUSR1");
            Jvms.until("the ended process gets no signal", () -> !process.signal(SIGUSR1));
        }
    }

    @Test
    void aStoppedProcessIsStillKilled() throws Exception {
        try (JavaProcess process = startWaiting(ExitTest::reportReadyAndWait)) {
            assertThat(process.signal(Jvms.SIGSTOP)).isTrue();
            Jvms.until("it has stopped", () -> Jvms.state(process.pid()) == 'T');
            assertThat(process.isAlive()).isTrue();
            process.kill();
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Killed(SIGKILL));
        }
    }

    @Test
    void anExceptionArrivesWithItsTraceAndIsOnStandardErrorToo() throws Exception {
        Path errors = folder.resolve("errors");
        try (JavaProcess process = Jvms.quiet(() -> {
            throw new IOException("no such thing", new IllegalStateException("the cause"));
        }).name("unlucky").stderr(Redirect.to(errors.toFile())).start()) {
            Exit exit = Jvms.join(process);
            assertThat(exit).hasToString("failed with java.io.IOException: no such thing");
            assertThat(exit.isSuccess()).isFalse();
            assertThat(exit).isInstanceOfSatisfying(Exit.Failed.class, failed -> {
                assertThat(failed.type()).isEqualTo("java.io.IOException");
                assertThat(failed.message()).isEqualTo("no such thing");
                assertThat(failed.trace())
                        .startsWith("java.io.IOException: no such thing")
                        .contains("Caused by: java.lang.IllegalStateException: the cause")
                        .contains(ExitTest.class.getName());
                assertThat(errors).hasContent(
                        "Exception in process \"unlucky\" (" + process.pid() + ") " + failed.trace());
            });
        }
    }

    /// A failed process ends, even if the task has left an endless thread.
    @Test
    void anExceptionWithoutAMessageEndsTheProcessDespiteItsThreads() throws Exception {
        Exit exit = Jvms.run(() -> {
            Thread.ofPlatform().daemon(false).start(() -> {
                for (;;) {
                    Thread.onSpinWait();
                }
            });
            throw new StackOverflowError();
        });
        assertThat(exit).hasToString("failed with java.lang.StackOverflowError");
    }

    @Test
    void anExceptionWhoseMessageThrowsIsReportedByItsType() throws Exception {
        assertThat(Jvms.run(() -> {
            throw new Wicked(false);
        })).isInstanceOfSatisfying(Exit.Failed.class, failed -> {
            assertThat(failed.type()).isEqualTo(Wicked.class.getName());
            assertThat(failed.message()).isEmpty();
            assertThat(failed.trace()).startsWith(Wicked.class.getName());
        });
    }

    @Test
    void anExceptionWhoseMessageThrowsAnErrorIsReportedByItsType() throws Exception {
        assertThat(Jvms.run(() -> {
            throw new Wicked(true);
        })).isInstanceOfSatisfying(Exit.Failed.class,
                failed -> assertThat(failed.type()).isEqualTo(Wicked.class.getName()));
    }

    /// The space for a failure is limited; the end of the trace is truncated.
    @Test
    void aHugeMessageArrivesTruncated() throws Exception {
        assertThat(Jvms.run(() -> {
            throw new IllegalStateException("x".repeat(200_000));
        })).isInstanceOfSatisfying(Exit.Failed.class, failed -> {
            assertThat(failed.type()).isEqualTo("java.lang.IllegalStateException");
            assertThat(failed.message()).matches("x{50000,}");
        });
    }

    @Test
    void aJvmThatDoesNotComeUpExitsWithItsOwnCode() throws Exception {
        try (JavaProcess process = Jvms.quiet(() -> {}).jvmOptions("-XX:NoSuchOption=1").start()) {
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(1));
        }
    }

    /// The task's own class is not on the class path of the process.
    @Test
    void aTaskThatCannotBeReadIsAFailure() throws Exception {
        String tests = Path.of(ExitTest.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        String without = System.getProperty("java.class.path").replace(tests + ":", "");
        assertThat(without).doesNotContain(tests + ":");
        try (JavaProcess process = Jvms.quiet(() -> {}).classPath(without).start()) {
            assertThat(Jvms.join(process)).isInstanceOfSatisfying(Exit.Failed.class,
                    failed -> assertThat(failed.message()).contains(ExitTest.class.getName()));
        }
    }

    @Test
    void aProcessEndsAfterItsLastThread() throws Exception {
        String path = folder.toString();
        try (JavaProcess process = Jvms.quiet(() -> {
            Thread.ofPlatform().daemon(false).start(() -> {
                try {
                    reportReadyAndWait();
                    Jvms.write(path, "thread", "ended");
                } catch (IOException refused) {
                    System.err.println(refused);
                }
            });
        }).stdin(Redirect.PIPE).stdout(Redirect.PIPE).start()) {
            assertThat(Jvms.readLine(process.stdout())).isEqualTo("ready");
            assertThat(process.isAlive()).isTrue();
            process.stdin().close();
            assertThat(Jvms.join(process).isSuccess()).isTrue();
            assertThat(Files.readString(folder.resolve("thread"))).isEqualTo("ended");
        }
    }
}

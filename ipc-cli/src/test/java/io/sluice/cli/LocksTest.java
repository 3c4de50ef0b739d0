package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Another process holds things, waits for this one while this one waits for it, is stopped, and is killed: what `ps`,
/// `locks`, `doctor` and `recover` say at each of these.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocksTest {
    private final Shell shell = new Shell();
    private Process worker;

    private Shell.Result run(String... arguments) {
        return Here.run(shell.root(), arguments);
    }

    @AfterEach
    void removeEverything() throws InterruptedException {
        if (worker != null) {
            worker.destroyForcibly().waitFor();
        }
        shell.close();
    }

    private String startWorker() throws IOException {
        List<String> command = Shell.command("market");
        command.set(command.indexOf(Main.class.getName()), WorkerMain.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("SLUICE_HOME", shell.root().toString());
        worker = builder.start();
        return new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(worker.pid())).start().waitFor()).isZero();
    }

    /// The whole story in one process, since a JVM takes a second to start.
    @Test
    void anotherProcessIsSeenInAllItsStates() throws Exception {
        try (var space = SharedSpace.open("market", SpaceOptions.under(shell.root()));
                var a = space.lock("a");
                var b = space.lock("b");
                var permits = space.semaphore("permits", 5);
                var work = space.taskQueue("work", Codec.strings(), 4)) {
            work.put("task");
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Thread holder = Thread.ofPlatform().name("holds-b").start(() -> {
                assertThat(b.tryLock()).isTrue();
                held.countDown();
                try {
                    go.await();
                    if (a.tryLock(5, TimeUnit.MINUTES)) {
                        a.unlock();
                    }
                } catch (InterruptedException over) {
                    // The test has seen enough.
                } finally {
                    b.unlock();
                }
            });
            held.await();
            String[] ready = startWorker().split(" ", -1);
            assertThat(ready).hasSize(3).startsWith("ready").endsWith("task");
            long pid = worker.pid();
            String thread = ready[1];

            assertThat(run("ps", "market").out()).containsPattern("market +" + pid + " .* alive +4 +lock of a \\(thread"
                    + " " + thread + "\\), 2 permits of permits, message of work +io.sluice.cli.WorkerMain market\n");
            assertThat(run("ps", "-f", "csv", "-o", "pid,state,names").out())
                    .contains("\n" + pid + ",alive,a b permits work\n");
            assertThat(run("stat", "permits", "--space", "market", "-w", "0").out())
                    .containsPattern("counter +available +3").containsPattern("hold +permits of pid " + pid + " +2");

            String here = "pid " + ProcessHandle.current().pid() + " thread " + holder.threadId();
            String there = "pid " + pid + " thread " + thread;
            Pattern waits = Pattern.compile("b +lock +held by .* " + here + " +" + there);
            Shell.await("the other process waits", () -> waits.matcher(run("locks").out()).find());
            assertThat(run("locks")).satisfies(locks -> {
                assertThat(locks.code()).isZero();
                assertThat(locks.out()).containsPattern("market +a +lock +held by " + pid + " +" + there + " +-\n")
                        .containsPattern("permits +semaphore +3 free +pid " + pid + " \\(permits x 2\\) +-\n");
            });
            go.countDown();
            Shell.await("a deadlock", () -> run("locks").code() == 1);
            assertThat(run("locks").out()).containsAnyOf(
                    "deadlock: " + here + " waits for lock of market/a, held by " + there + "; " + there
                            + " waits for lock of market/b, held by " + here + "\n",
                    "deadlock: " + there + " waits for lock of market/b, held by " + here + "; " + here
                            + " waits for lock of market/a, held by " + there + "\n").doesNotContain("possible");
            assertThat(run("locks", "-f", "json", "--stacks").out()).contains("\"deadlocks\":[{\"certain\":true,")
                    .contains("\"name\":\"holds-b\"").contains("WorkerMain.main(");
            holder.interrupt();
            holder.join();

            signal("STOP");
            Shell.await("stopped", () -> run("ps").out().contains(" stopped → kill -CONT " + pid));
            assertThat(run("doctor", "--json").out()).contains("\"check\":\"process " + pid
                    + "\",\"finding\":\"stopped, and holds lock of a (thread " + thread + "), 2 permits of permits, ");
            signal("KILL");
            worker.waitFor();
            assertThat(run("ps").out()).containsPattern(pid + " .* dead, cleaned up at next use");
            assertThat(run("ls").out()).containsPattern("a +lock .* 1 dead, cleaned up at next use");
            assertThat(run("recover", "a", "--space", "market").out())
                    .isEqualTo("'a' is free again; its holder had died\n");
            assertThat(run("recover", "a", "--space", "market").out()).startsWith("'a' is not poisoned");
            assertThat(run("errors", "market").out())
                    .containsPattern("market +1 .* " + pid + " +a process ended without closing the space: io.sluice.cli");
            assertThat(run("errors", "-f", "csv", "-o", "pid,count").out()).isEqualTo("pid,count\n" + pid + ",1\n");
            assertThat(run("errors", "elsewhere").err()).startsWith("sluice: no space 'elsewhere'");
            assertThat(a.tryLock()).isTrue();
            a.unlock();
            assertThat(permits.availablePermits()).isEqualTo(5);
            assertThat(work.take()).isEqualTo("task");
            work.taskDone();
            for (String name : List.of("a", "b", "permits", "work")) {
                assertThat(space.unlink(name)).isTrue();
            }
        }
    }
}

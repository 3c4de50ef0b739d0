package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.SpaceOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Temporary spaces are removed, however their processes end.
class TemporarySpaceTest {
    private static final int PROGRAMS = Integer.getInteger("sluice.test.programs", 3);
    private static final long WATCHDOG_SECONDS = 120;

    private final TestRoot root = new TestRoot();
    private final List<Program> programs = new ArrayList<>();

    @AfterEach
    void removeEverything() throws IOException {
        for (Program program : programs) {
            program.process.destroyForcibly().onExit().join();
        }
        if (!Files.exists(root.path())) {
            Files.createDirectory(root.path());
        }
        root.close();
    }

    /// A JVM that closes nothing.
    private record Program(Process process, BufferedReader out) {
        String line() {
            var late = process.onExit().orTimeout(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            late.exceptionally(tooLate -> late.isCancelled() ? process : process.destroyForcibly());
            try {
                return out.readLine();
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            } finally {
                late.cancel(false);
            }
        }

        void signal(String name) {
            run("kill", "-" + name, Long.toString(process.pid()));
        }

        int await() {
            try {
                assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
                return process.exitValue();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }

    private static void run(String... command) {
        try {
            assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        } catch (IOException | InterruptedException refused) {
            throw new AssertionError(refused);
        }
    }

    private Program start(List<String> before, String crash, String... arguments) {
        List<String> line = new ArrayList<>(before);
        line.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dsluice.home=" + root.path(),
                "-Dsluice.crash.at=" + crash,
                "-Dsluice.crash.nth=1",
                "-cp",
                System.getProperty("java.class.path"),
                ForgetfulMain.class.getName()));
        line.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            Program program = new Program(process, process.inputReader(StandardCharsets.UTF_8));
            programs.add(program);
            return program;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private Program start(String... arguments) {
        return start(List.of(), "", arguments);
    }

    private List<Program> startAll(String way) {
        List<Program> all = IntStream.range(0, PROGRAMS).mapToObj(i -> start(way, "s" + i)).toList();
        all.forEach(program -> assertThat(program.line()).isEqualTo("ready"));
        return all;
    }

    private List<String> left() {
        try (var all = Files.walk(root.path())) {
            return all.filter(path -> !path.equals(root.path())).map(Path::toString).toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// A program that ends normally removes its space.
    @ParameterizedTest
    @ValueSource(strings = {"return", "exit", "TERM"})
    void programsThatEndNormallyLeaveNothing(String way) {
        List<Program> all = startAll(way);
        if (way.equals("TERM")) {
            all.forEach(program -> program.signal("TERM"));
        }
        all.forEach(program -> assertThat(program.await()).isEqualTo(switch (way) {
            case "return" -> 0;
            case "exit" -> 3;
            default -> 143;
        }));
        assertThat(left()).isEmpty();
    }

    /// The next opening of any space under the same root removes what killed programs left.
    @Test
    void whatKilledProgramsLeaveGoesWithTheNextOpening() {
        List<Program> all = startAll("KILL");
        all.forEach(program -> program.process.destroyForcibly());
        all.forEach(Program::await);
        assertThat(left()).isNotEmpty();
        try (Space other = root.open("other")) {
            assertThat(SpaceView.spaces(root.path())).containsExactly(other.name());
        }
        assertThat(left()).isEmpty();
    }

    /// A group of processes that is killed at once, all in one space and each in one of its own, leaves what the next
    /// list removes.
    @Test
    void whatAKilledGroupLeavesGoesWithTheNextList() {
        Program leader = start(List.of("setsid"), "", "KILL", "s0");
        assertThat(leader.line()).isEqualTo("ready");
        String group = Long.toString(leader.process.pid());
        List<Program> all = new ArrayList<>(List.of(leader));
        for (int i = 1; i < PROGRAMS; i++) {
            all.add(start("KILL", i % 2 == 1 ? "s0" : "s" + i));
        }
        all.stream().skip(1).forEach(program -> assertThat(program.line()).isEqualTo("ready"));
        List<String> kill = new ArrayList<>(List.of("kill", "-KILL", "--", "-" + group));
        all.stream().skip(1).forEach(program -> kill.add(Long.toString(program.process.pid())));
        run(kill.toArray(String[]::new));
        all.forEach(program -> assertThat(program.await()).isEqualTo(137));
        assertThat(left()).isNotEmpty();
        assertThat(SpaceView.spaces(root.path())).isEmpty();
        assertThat(left()).isEmpty();
    }

    /// Users' shutdown hooks go on with the space of an ending process: large messages from before, new ones, new
    /// objects, another opening, a close. Nothing stays.
    @ParameterizedTest
    @ValueSource(strings = {"go on", "close"})
    void hooksOfTheUsersUseTheSpaceAsBefore(String what) {
        Program program = start("TERM", "s", what);
        assertThat(program.line()).isEqualTo("ready");
        program.signal("TERM");
        assertThat(program.line()).isEqualTo("hook true true 2 true");
        assertThat(program.await()).isEqualTo(143);
        assertThat(left()).isEmpty();
    }

    /// While a hook of an ending process hangs, another process gets a space of its own under the same name, at once,
    /// and keeps it. What the ending process leaves when it is killed then is removed by the next list.
    @Test
    void anEndingProcessDelaysNoOtherAndTakesNoOthersSpace() {
        Program ending = start("TERM", "s", "hang");
        assertThat(ending.line()).isEqualTo("ready");
        ending.signal("TERM");
        assertThat(ending.line()).startsWith("hook true");
        try (Space fresh = Space.open("s", SpaceOptions.under(root.path()).withTemporary(true))) {
            SharedObject object = fresh.open(TestRoot.temporary("mine"));
            ending.process.destroyForcibly();
            ending.await();
            assertThat(left()).anyMatch(path -> path.contains("/.ending-"));
            assertThat(SpaceView.spaces(root.path())).containsExactly("s");
            assertThat(left()).noneMatch(path -> path.contains("/.ending-"));
            assertThat(object.isStillNamed()).isTrue();
        }
        assertThat(left()).isEmpty();
    }

    /// A process that ends normally while another one has the space open leaves it to that one.
    @Test
    void theLastProcessRemovesTheSpace() {
        Program other = start("TERM", "s");
        assertThat(other.line()).isEqualTo("ready");
        Program first = start("exit", "s");
        assertThat(first.line()).isEqualTo("ready");
        assertThat(first.await()).isEqualTo(3);
        assertThat(SpaceView.of(root.path(), "s").objects()).extracting(ObjectInfo::live).containsExactly(1);
        other.signal("TERM");
        assertThat(other.await()).isEqualTo(143);
        assertThat(left()).isEmpty();
    }

    /// A stopped process is alive: no opener, lister or cleaner removes its space.
    @Test
    void aStoppedProcessKeepsItsSpace() {
        Program stopped = start("KILL", "s");
        assertThat(stopped.line()).isEqualTo("ready");
        stopped.signal("STOP");
        root.open("other").close();
        assertThat(SpaceView.clean(root.path())).isEmpty();
        assertThat(SpaceView.of(root.path(), "s").objects()).hasSize(1);
        stopped.process.destroyForcibly();
        stopped.await();
        assertThat(SpaceView.clean(root.path())).containsExactly("s");
        assertThat(left()).isEmpty();
    }

    /// After a death at each step, the next list removes what was left.
    @ParameterizedTest
    @ValueSource(strings = {"SPACE_NOTED", "JOIN_LOCKED", "JOIN_LIVE", "SPACE_MOVED", "CREATE_UNNAMED"})
    void aDeathAtAnyStepIsCleanedUpAfter(String step) {
        Program program = start(List.of(), step, "exit", "s");
        assertThat(program.await()).isEqualTo(137);
        SpaceView.spaces(root.path());
        assertThat(left()).isEmpty();
    }

    /// A process that dies while it removes a space leaves the rest to the next one.
    @ParameterizedTest
    @ValueSource(strings = {"SWEEP_BEFORE_UNLINK", "REMOVE_HALF_DONE", "SPACE_REMOVED"})
    void aRemovalThatADeathInterruptedIsFinished(String step) {
        Program program = start("KILL", "s");
        assertThat(program.line()).isEqualTo("ready");
        program.process.destroyForcibly();
        program.await();
        Program remover = start(List.of(), step, "exit", "other");
        assertThat(remover.await()).isEqualTo(137);
        SpaceView.spaces(root.path());
        assertThat(left()).isEmpty();
    }

    /// Temporary objects of a space with a persistent one are removed too; the space is not checked again afterwards.
    @Test
    void persistentObjectsStayAndTheirSpaceIsForgotten() {
        try (Space space = root.open("s")) {
            space.open(TestRoot.persistent("kept"));
        }
        Program program = start("KILL", "s");
        assertThat(program.line()).isEqualTo("ready");
        program.process.destroyForcibly();
        program.await();
        assertThat(SpaceView.clean(root.path())).isEmpty();
        assertThat(root.files("s")).containsExactly(".alive", ".registry", "kept");
        assertThat(root.path().resolve(TemporarySpaces.DIRECTORY)).doesNotExist();
    }

    /// Openers, closers, listers and cleaners of one name at the same time: a process keeps its space until it leaves,
    /// with the note of the space, and in the end nothing is left.
    @Test
    void noLiveSpaceIsLostToARace() {
        List<Child> racers = IntStream.range(0, 3).mapToObj(i -> root.child()).toList();
        racers.forEach(racer -> racer.tell("race 100"));
        for (int round = 0; round < 100; round++) {
            SpaceView.clean(root.path());
        }
        racers.forEach(racer -> assertThat(racer.answer()).startsWith("ok"));
        assertThat(SpaceView.spaces(root.path())).isEmpty();
        assertThat(left()).isEmpty();
    }

    /// The last close of a temporary space removes it with its note.
    @Test
    void closingRemovesTheSpaceAtOnce() {
        try (Space space = Space.open("s", SpaceOptions.under(root.path()).withTemporary(true))) {
            space.open(TestRoot.temporary("q"));
            assertThat(left()).contains(root.path() + "/.temporary/s");
        }
        assertThat(left()).isEmpty();
    }
}

package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.Shell.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Standard output that cannot be written, mistyped commands, and the commands in the README.
@Execution(ExecutionMode.CONCURRENT)
class StandardOutputTest {
    private final Shell shell = new Shell();

    @AfterEach
    void removeEverything() {
        shell.close();
    }

    private static final String FULL = "sluice: standard output: No space left on device\n";

    /// Runs a script of `sh` in the folder of the test, in which `./sluice` is the command.
    private Result script(String text) throws Exception {
        Path folder = shell.file("folder");
        Files.createDirectories(folder);
        Path command = folder.resolve("sluice");
        Files.writeString(command, "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(String.join("' '", Shell.command())));
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
        Path out = shell.file("script.out");
        Path err = shell.file("script.err");
        ProcessBuilder builder = new ProcessBuilder("sh", "-e", "-c", text)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("SLUICE_HOME", shell.root().toString());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        return new Shell.Run(process, out, err).await();
    }

    /// A receiver that cannot write reports the reason, and loses nothing: the next one gets every line, in order.
    @Test
    void aReceiverThatCannotWriteLeavesTheLinesInTheQueue() throws Exception {
        Path input = shell.file("in", "one\ntwo\nthree\n".getBytes(StandardCharsets.UTF_8));
        assertThat(shell.start(input, "send", "lines").await().code()).isZero();

        assertThat(script("./sluice receive lines > /dev/full")).isEqualTo(new Result(1, "", FULL));

        assertThat(shell.run("receive", "lines")).isEqualTo(new Result(0, "one\ntwo\nthree\n", ""));
        assertThat(shell.left()).isEmpty();
    }

    /// What is not written is a failure of every command that prints, its help included.
    @Test
    void everyCommandTellsThatItCouldNotWrite() throws Exception {
        for (String command : List.of("ls", "ls --format json", "--help", "send --help", "--version")) {
            assertThat(script("./sluice %s > /dev/full".formatted(command))).as(command)
                    .isEqualTo(new Result(1, "", FULL));
        }
    }

    /// A reader that has closed the pipe is no failure.
    @Test
    void aClosedPipeEndsACommandQuietly() throws Exception {
        assertThat(script("{ ./sluice --help; echo code $? >&2; } | true")).satisfies(result ->
                assertThat(result.err()).isEqualTo("code 0\n"));
    }

    /// The answer to a mistyped command names the intended one.
    @Test
    void theAnswerToAMistypedCommandNamesTheIntendedOne() {
        for (var pair : List.of("snd send", "recieve receive", "lss ls", "unlnk unlink", "cleen clean", "dmo demo")) {
            String[] words = pair.split(" ", 2);
            assertThat(shell.run(words[0], "x")).as(pair).isEqualTo(new Result(2, "",
                    "sluice: unknown command '%s'; did you mean '%s'?%nsluice: see 'sluice --help'%n".formatted(
                            words[0], words[1])));
        }
        assertThat(shell.run("xylophone").err())
                .isEqualTo("sluice: unknown command 'xylophone'\nsluice: see 'sluice --help'\n");
    }

    /// The README's block, line by line: no line fails, and the received file equals the sent one.
    @Test
    void theCommandsOfTheReadmeWorkAsPrinted() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        String block = readme.split("## From the shell\n\n```\n", 2)[1].split("```", 2)[0];
        assertThat(block).contains("./sluice receive feed > copy.txt &", "./sluice send feed big.txt");

        Result result = script(block + "wait\ncmp big.txt copy.txt\n");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("note").contains("buns baked");
        assertThat(Files.size(shell.file("folder").resolve("copy.txt"))).isGreaterThan(6_000_000);
        assertThat(shell.left()).isEmpty();
    }
}

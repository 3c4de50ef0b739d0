package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.Shell.Result;
import io.sluice.cli.Shell.Run;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendReceiveTest {
    private final Shell shell = new Shell();

    @AfterEach
    void removeEverything() {
        shell.close();
    }

    /// 20 MB of empty, short, long and very long lines, every byte value in them, and no newline at the end.
    @Test
    void everyByteOfAFileArrivesInOrder() throws Exception {
        Path file = shell.file("input", nastyLines(20_000_000));
        Run receiver = shell.start("receive", "lines");

        Result sent = shell.run("send", "lines", file.toString());
        Result received = receiver.await();

        assertThat(sent).isEqualTo(new Result(0, "", ""));
        assertThat(received.code()).isZero();
        assertThat(received.err()).isEmpty();
        assertThat(sha256(receiver.out())).isEqualTo(sha256(file));
        assertThat(shell.left()).isEmpty();
    }

    private static byte[] nastyLines(int bytes) {
        Random random = new Random(5);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] line = new byte[300_000];
        for (int i = 0; out.size() < bytes; i++) {
            int length = switch (i % 2000) {
                case 7 -> line.length;
                case 8, 9, 10 -> 0;
                case 11 -> 16_368;          // what a slot of 16 KiB holds, less one, and one more
                case 12 -> 16_367;
                case 13 -> 16_369;
                default -> random.nextInt(160);
            };
            for (int j = 0; j < length; j++) {
                byte any = (byte) random.nextInt();
                line[j] = any == '\n' ? 0 : any;
            }
            out.write(line, 0, length);
            out.write('\n');
        }
        byte[] huge = new byte[3_500_000];  // is split
        out.writeBytes(huge);
        return out.toByteArray();
    }

    /// No line is sent: only the end arrives.
    @Test
    void anEmptyFileIsOnlyTheEnd() {
        Run receiver = shell.start("receive", "lines");

        assertThat(shell.run("send", "lines").code()).isZero();

        assertThat(receiver.await()).isEqualTo(new Result(0, "", ""));
        assertThat(shell.left()).isEmpty();
    }

    /// The sender does not wait for more input while it could send a line.
    @Test
    void aLineArrivesBeforeTheSenderHasEnded() throws Exception {
        Run receiver = shell.start("receive", "lines");
        Run sender = shell.startPiped("send", "lines");
        OutputStream input = sender.process().getOutputStream();

        input.write("first\n".getBytes(StandardCharsets.UTF_8));
        input.flush();
        Shell.await("the first line", () -> size(receiver.out()) == 6);
        input.write("second, unfinished".getBytes(StandardCharsets.UTF_8));
        input.close();

        assertThat(sender.await().code()).isZero();
        assertThat(receiver.await()).isEqualTo(new Result(0, "first\nsecond, unfinished", ""));
    }

    /// Two senders with lines of their own, two receivers: together these get every line once, and none is torn.
    @Test
    void severalSendersAndReceiversShareTheLines() throws Exception {
        int lines = 50_000;
        List<Path> inputs = List.of(
                shell.file("a", numbered("a", lines)), shell.file("b", numbered("b", lines)));
        // A third sender holds the queue open from before the two begin until after they have ended.
        Run gate = shell.startPiped("send", "lines");
        gate.process().getOutputStream().write("gate\n".getBytes(StandardCharsets.UTF_8));
        gate.process().getOutputStream().flush();
        List<Run> receivers = List.of(shell.start("receive", "lines"), shell.start("receive", "lines"));
        Shell.await("the gate", () -> receivers.stream().anyMatch(receiver -> size(receiver.out()) > 0));
        List<Run> senders = inputs.stream().map(input -> shell.start(input, "send", "lines")).toList();
        senders.forEach(sender -> assertThat(sender.await().code()).isZero());
        gate.process().getOutputStream().close();
        assertThat(gate.await().code()).isZero();

        String all = "";
        for (Run receiver : receivers) {
            Result result = receiver.await();
            assertThat(result.code()).isZero();
            all += result.out();
        }
        assertThat(all.lines().sorted()).containsExactlyElementsOf(
                Stream.concat(Stream.of("gate"), inputs.stream().flatMap(SendReceiveTest::linesOf)).sorted().toList());
        assertThat(shell.left()).isEmpty();
    }

    /// Its lines are received; then the receiver reports its death, and exits with 1.
    @Test
    void aKilledSenderIsNotTakenForAFinishedOne() throws Exception {
        Run sender = shell.startPiped("send", "lines");
        OutputStream input = sender.process().getOutputStream();
        input.write("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
        input.flush();
        Run receiver = shell.start("receive", "lines");
        Shell.await("both lines", () -> size(receiver.out()) == 8);

        sender.kill();

        Result received = receiver.await();
        assertThat(received.code()).isEqualTo(1);
        assertThat(received.out()).isEqualTo("one\ntwo\n");
        assertThat(received.err()).contains("a sender of 'lines' died before the end");
        assertThat(shell.left()).isEmpty();
    }

    /// A stream that ended leaves nothing that could affect the next one.
    @Test
    void aReceiverThatFollowsStaysForLaterSenders() {
        Run receiver = shell.start("receive", "lines", "--follow");

        for (int i = 1; i <= 3; i++) {
            assertThat(shell.start(shell.file("in" + i, ("stream " + i + "\n").getBytes(StandardCharsets.UTF_8)),
                    "send", "lines").await().code()).isZero();
        }

        Shell.await("three lines", () -> size(receiver.out()) == 27);
        assertThat(receiver.process().isAlive()).isTrue();
        receiver.kill();
        assertThat(receiver.out()).hasContent("stream 1\nstream 2\nstream 3\n");
    }

    /// The second sender finds a queue that is shut down and full of the first one's lines, and waits.
    @Test
    void aSenderWaitsUntilTheStreamBeforeItsOwnIsReceived() {
        Path first = shell.file("1", "first\n".getBytes(StandardCharsets.UTF_8));
        assertThat(shell.start(first, "send", "lines").await().code()).isZero();
        Run second = shell.start(shell.file("2", "second\n".getBytes(StandardCharsets.UTF_8)), "send", "lines");
        Shell.await("its notice", () -> size(second.err()) > 0);

        assertThat(shell.run("receive", "lines").out()).isEqualTo("first\n");
        assertThat(shell.run("receive", "lines").out()).isEqualTo("second\n");

        Result result = second.await();
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("waiting until they are received");
        assertThat(shell.left()).isEmpty();
    }

    /// As `sluice receive lines | head -1` does: no error, no stack trace.
    @Test
    void standardOutputThatIsClosedEarlyEndsTheReceiver() throws Exception {
        Run sender = shell.start(shell.file("in", numbered("x", 400_000)), "send", "lines");
        ProcessBuilder pipeline = new ProcessBuilder("sh", "-c", "{ \"$@\"; echo code $? >&2; } | head -n 1", "sh");
        pipeline.command().addAll(Shell.command("receive", "lines"));
        pipeline.environment().put("SLUICE_HOME", shell.root().toString());
        Process process = pipeline.start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("x line 0\n");
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("code 0\n");

        assertThat(shell.run("receive", "lines").code()).isZero();    // the rest
        assertThat(sender.await().code()).isZero();
    }

    /// If standard error is no terminal, each report is a line; the last one has the totals.
    @Test
    void progressShowsBytesAndLines() {
        Run receiver = shell.start("receive", "lines");

        Result sent = shell.run("send", "--progress", "lines", shell.file("in", numbered("x", 1000)).toString());

        assertThat(sent.err()).contains("send lines: ").contains("(100 %), 1,000 lines, ");
        assertThat(receiver.await().err()).isEmpty();
    }

    /// Wrong usage exits with 2, an unreadable file with 1; one line each, no stack trace.
    @Test
    void mistakesAreReportedInOneLine() {
        assertThat(shell.run("send", "../x")).satisfies(result -> {
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err()).startsWith("sluice: object '../x': a name has 1 to 64").hasLineCount(1);
        });
        assertThat(shell.run("send", "x", "/nowhere")).isEqualTo(new Result(1, "", "sluice: /nowhere: no such file\n"));
        assertThat(shell.run("receive")).satisfies(result -> assertThat(result.code()).isEqualTo(2));
        assertThat(shell.run("receive", "x", "--space", "a/b").code()).isEqualTo(2);
        assertThat(shell.left()).isEmpty();
    }

    private static byte[] numbered(String prefix, int lines) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            text.append(prefix).append(" line ").append(i).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Stream<String> linesOf(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}

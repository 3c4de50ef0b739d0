package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What `ls`, `stat`, `peek` and `recover` print, of objects in every state.
class LookTest {
    record Order(String symbol, int quantity, double price) {}

    private final Shell shell = new Shell();

    private Shell.Result run(String... arguments) {
        return Here.run(shell.root(), arguments);
    }

    private SharedSpace open(String name) {
        return SharedSpace.open(name, SpaceOptions.under(shell.root()));
    }

    @AfterEach
    void removeEverything() {
        shell.close();
    }

    private static void send(RingProducer producer, int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Claim claim = new Claim()) {
            assertThat(producer.tryClaim(claim, type, bytes.length)).isTrue();
            claim.buffer().putBytes(0, bytes);
            claim.commit();
        }
    }

    private static void assertOneLine(Shell.Result failed, int code, String begin) {
        assertThat(failed.code()).as(failed.toString()).isEqualTo(code);
        assertThat(failed.err()).startsWith("sluice: " + begin).doesNotContain("\tat ");
        assertThat(failed.out()).isEmpty();
    }

    /// A terminal that is no standard input tells its size, also after it was changed, and gets its first screen back.
    @Test
    void aPictureFitsTheTerminalAlsoIfKeysComeFromElsewhere() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script(1) makes a terminal here");
        StringBuilder command = new StringBuilder("stty rows 10 cols 60; exec");
        Shell.command("top", "-n", "1", "-d", "1ms").forEach(word -> command.append(" '").append(word).append('\''));
        ProcessBuilder script = new ProcessBuilder("script", "-qec", command + " < /dev/null", "/dev/null");
        script.environment().put("SLUICE_HOME", shell.root().toString());
        script.redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile());
        Process process = script.start();
        String screen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(screen).isZero();
        assertThat(screen).contains("\u001b[?1049h", "\u001b[10;1H", "\u001b[?1049l");
    }

    /// Depth, participants, and whose fault a full queue is; then what is left when its process has gone.
    @Test
    void aListTellsDepthAndState() throws InterruptedException {
        try (var space = open("market");
                var queue = space.queue("orders", Codec.longs(), 4);
                var single = space.ring("single", RingOptions.oneToOne(8));
                var producer = single.producer()) {
            queue.put(1L);
            send(producer, 0, "12345678");
            assertThat(run("ls").out())
                    .containsPattern("market +orders +queue +[0-9.]+ KiB +1/4 +1 +ok\n")
                    .containsPattern("market +single +ring +[0-9.]+ KiB +1/8 +1 +0 +1 +ok\n");
            while (queue.offer(2L)) {
                // until it is full
            }
            assertThat(run("ls", "market").out()).containsPattern(
                    "orders +queue .* 4/4 +1 +FULL: producers wait for a process that takes → sluice ps market\n");
            assertThat(queue.poll()).isEqualTo(1L);
            assertThat(run("ls", "-w", "5ms").out()).containsPattern("RATE").containsPattern("AGE")
                    .containsPattern("3/4 +0/s +1 +>[0-9.]+ m?s +ok\n");
        }
        assertThat(run("ls").out()).containsPattern(
                "orders +queue .* 3/4 +0 +ORPHANED: no process has it open → sluice unlink orders --space market");
        assertThat(run("unlink", "orders", "--space", "market").code()).isZero();
    }

    /// The three formats, and the choice of columns.
    @Test
    void scriptsReadJsonAndCsv() throws InterruptedException {
        try (var space = open("market"); var queue = space.queue("orders", Codec.ofRecord(Order.class), 4)) {
            queue.put(new Order("VOD.L", 100, 71.25));
            assertThat(run("ls", "-f", "csv", "-o", "name,depth,type").out()).isEqualTo("""
                    name,depth,type
                    orders,1,"record io.sluice.cli.LookTest$Order(String symbol, int quantity, double price)"
                    """);
            assertThat(run("ls", "-f", "json", "-o", "name,producers,rate").out())
                    .isEqualTo("[{\"name\":\"orders\",\"producers\":null,\"rate\":null}]\n");
            assertThat(run("ls", "-f", "json").out()).contains("\"state\":\"ok\"").contains(
                    "\"flows\":[{\"name\":\"\",\"depth\":1,\"capacity\":4,\"in\":1,\"slotsPerMessage\":1.0,"
                            + "\"bytesPerMessage\":22.0,\"producers\":null,\"consumers\":null}],"
                            + "\"counters\":{\"in\":1,\"out\":0,");
            assertThat(run("ls", "-o", "name,KIND").err()).startsWith(
                    "sluice: unknown column 'KIND'; expected some of space,name,kind,bytes,use,rate,");
            assertThat(run("ls", "-o", "nonsense").code()).isEqualTo(2);
            assertThat(run("ls", "-f", "xml").code()).isEqualTo(2);
            assertThat(run("ls", "-w", "soon").err()).contains("no length of time");
            assertThat(new SpaceRoot(shell.root()).details("market", "orders").objects()).hasSize(1);
            assertThat(run("stat", "orders", "--space", "market", "-f", "csv").out())
                    .contains("flow,depth,1,\n").contains("flow,bytes,22,0.0\n").contains("counter,in,1,0.0\n")
                    .contains("counter,message waits,0,0.0\n").contains("counter,refused,0,0.0\n")
                    .contains("parameter,capacity,4,\n");
            assertThat(run("stat", "orders", "--space", "market").out())
                    .containsPattern("flow +bytes +about 22 B +0 B/s\n")
                    .containsPattern("flow +oldest +>[0-9.]+ m?s\n")
                    .containsPattern("counter +message blocked ns +0 ns +0.00 threads\n")
                    .containsPattern("counter +empty ns ago +never\n");
            assertThat(queue.unlink()).isTrue();
        }
    }

    /// Waiting and consumed messages, by field, as JSON and as bytes, and nothing is consumed by a look.
    @Test
    void messagesAreShownWhereTheyLie() throws Exception {
        try (var space = open("market");
                var orders = space.queue("orders", Codec.ofRecord(Order.class), 4);
                var lines = space.queue("lines", Codec.bytes(), 4)) {
            for (int i = 1; i <= 3; i++) {
                orders.put(new Order("A" + i, i, i / 2.0));
            }
            assertThat(orders.take().quantity()).isEqualTo(1);
            assertThat(run("peek", "orders", "--space", "market").out()).isEqualTo("""
                    1  waiting  Order[symbol=A2, quantity=2, price=1.0]
                    2  waiting  Order[symbol=A3, quantity=3, price=1.5]
                    """);
            assertThat(run("peek", "orders", "--space", "market", "--history", "-n", "1").out()).isEqualTo("""
                    0  consumed  Order[symbol=A1, quantity=1, price=0.5]
                    1  waiting  Order[symbol=A2, quantity=2, price=1.0]
                    """);
            assertThat(run("peek", "orders", "--space", "market", "-n", "1", "--json").out()).isEqualTo(
                    "{\"position\":1,\"state\":\"waiting\",\"type\":0,\"bytes\":19,\"whole\":true,"
                            + "\"value\":{\"symbol\":\"A2\",\"quantity\":2,\"price\":1.0}}\n");
            assertThat(run("peek", "orders", "--space", "market", "-n", "1", "--hex").out())
                    .startsWith("1  waiting  19 bytes, type 0\n    000000  01 02 00 00 00 41 32 02  00 00 00 00 00 00")
                    .contains("|.....A2.........|").contains("    000010  ");
            lines.put("seq\n".getBytes(StandardCharsets.UTF_8));
            lines.put(new byte[] {0, 1, (byte) 0xff});
            lines.put(new byte[5000]);
            assertThat(run("peek", "lines", "--space", "market").out()).startsWith(
                    "0  waiting  seq\n1  waiting  0001ff\n2  waiting  00000000").hasSizeGreaterThan(10_000);
            assertThat(orders.size() + lines.size()).isEqualTo(5);
            assertThat(orders.unlink() && lines.unlink()).isTrue();
        }
    }

    /// A broadcast and a pipe of two directions; and an object that has no messages.
    @Test
    void otherKindsHaveMessagesToo() throws Exception {
        try (var space = open("default");
                var ticks = space.ring("ticks", RingOptions.broadcast(8));
                var subscriber = ticks.subscribe(SlowConsumer.BLOCK);
                var producer = ticks.producer();
                var pipe = space.pipe("pipe", Codec.strings());
                var one = pipe.first();
                var other = pipe.second();
                var number = space.longValue("number", 1)) {
            assertThat(subscriber != null && number.get() == 1).isTrue();
            send(producer, 7, "tick");
            one.send("question");
            other.send("answer");
            assertThat(run("peek", "ticks").out()).isEqualTo("0  waiting  tick\n");
            assertThat(run("peek", "pipe").out()).isEqualTo("""
                    0  first  waiting  question
                    0  second  waiting  answer
                    """);
            assertThat(run("ls", "-o", "name,use,producers,consumers").out())
                    .containsPattern("pipe +1/4,096, 1/4,096 +2 +2").containsPattern("ticks +1/8 +1 +1");
            assertOneLine(run("peek", "number"), 1, "'number' is of kind number, which has no messages");
            for (String name : List.of("ticks", "pipe", "number")) {
                assertThat(space.unlink(name)).isTrue();
            }
        }
    }

    /// A picture without a terminal; and what a shell and a reader of manuals get.
    @Test
    void picturesCompletionAndManualsArePrinted() {
        try (var space = open("market"); var queue = space.queue("orders", Codec.longs(), 4)) {
            assertThat(queue.offer(1L)).isTrue();
            assertThat(run("top", "-n", "2", "-d", "2ms", "--sort", "name").out()
                    .replaceAll(" +>[0-9.]+ m?s", "  >age")).isEqualTo("""
                    sluice top: 1 space, 1 object, 1 process; by name
                    NAME           KIND   USE       RATE  P/C       AGE  STATE
                    market/orders  queue  1/4        0/s  -/-  >age  ok
                    """.repeat(2));
            assertThat(queue.unlink()).isTrue();
        }
        assertOneLine(run("top", "nowhere"), 1, "no space 'nowhere'");
        assertThat(run("completion").out()).contains("complete -F _complete_sluice").contains("doctor")
                .doesNotContain("rehearse");
        assertThat(run("man", "ls").out()).startsWith(".TH SLUICE-LS 1\n.SH NAME\nsluice-ls \\- List the objects")
                .contains(".SH OPTIONS\n").contains("0 done, 1 failed, 2 wrong usage");
        assertThat(run("man").out()).contains(".SH COMMANDS\n.TP\n.B demo\n");
        assertThat(run("man", "nonsense").code()).isEqualTo(2);
    }

    /// Nothing there at all: the commands that list show their headings, the others say what is missing.
    @Test
    void anEmptyMachineIsNoFailure() {
        for (String command : List.of("ls", "ps", "locks")) {
            assertThat(run(command)).satisfies(run -> {
                assertThat(run.code()).isZero();
                assertThat(run.out()).startsWith("SPACE ").hasLineCount(1);
                assertThat(run.err()).isEmpty();
            });
            assertThat(run(command, "-f", "json").out()).startsWith(command.equals("locks") ? "{\"locks\":[]" : "[]");
            assertOneLine(run(command, "nowhere"), 1, "no space 'nowhere'");
        }
        for (String command : List.of("stat", "peek", "tail", "recover")) {
            assertThat(run(command, "x").code()).isEqualTo(1);
            assertThat(run(command, "x").err()).hasLineCount(1).startsWith("sluice: ").doesNotContain("\tat ");
        }
    }

    /// Damage is one line about one file, and hides no other.
    @Test
    void damagedFilesAreNamed() throws IOException {
        try (var space = open("market");
                var good = space.event("good")) {
            assertThat(good.isSet()).isFalse();
            space.queue("spoiled", Codec.longs(), 100).close();
            Files.write(space.path().resolve("noise"), new byte[10_000]);
            Files.setPosixFilePermissions(space.path().resolve("noise"), PosixFilePermissions.fromString("rw-------"));
            try (var file = new RandomAccessFile(space.path().resolve("spoiled").toFile(), "rw")) {
                file.seek(8192 + 8);
                file.write(new byte[32]);            // the number of its slots, and more
            }
            assertThat(run("ls").out())
                    .containsPattern("good +event .* ok\n")
                    .containsPattern("noise +\\? +unreadable: 'noise' is not a valid Sluice object")
                    .containsPattern("spoiled +queue .* DAMAGED: .*corrupt header.* → sluice unlink spoiled --space");
            assertOneLine(run("peek", "spoiled", "--space", "market"), 1, "ring 'spoiled': corrupt header");
            assertOneLine(run("stat", "noise", "--space", "market"), 1, "'noise' in space 'market' is unreadable");
            assertOneLine(run("recover", "good", "--space", "market"), 1, "'good' is of kind event");
            assertThat(run("doctor", "-f", "csv", "--no-color")).satisfies(doctor -> {
                assertThat(doctor.code()).isEqualTo(1);
                assertThat(doctor.out()).contains("fail,object market/spoiled,").contains("fail,file market/noise,")
                        .contains("ok,JDK,");
            });
            Files.setPosixFilePermissions(space.path().resolve("good"), PosixFilePermissions.fromString("rw-rw-rw-"));
            assertThat(run("ls").out()).containsPattern("good +\\? +unreadable: .*has mode 0666, 0600 is needed");
            Files.setPosixFilePermissions(space.path().resolve("good"), PosixFilePermissions.fromString("rw-------"));
            for (String name : List.of("good", "spoiled", "noise")) {
                assertThat(run("unlink", name, "--space", "market").code()).isZero();
            }
        }
    }

    /// Objects and spaces come and go during each look.
    @Test
    void whatGoesMeanwhileIsNoFailure() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        Thread other = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                try (var space = SharedSpace.open("gone", SpaceOptions.under(shell.root()).withTemporary(true));
                        var queue = space.with(WaitStrategy.PARK).queue("q", Codec.longs(), 4);
                        var lock = space.lock("l")) {
                    assertThat(lock.tryLock() && queue.offer(1L)).isTrue();
                    lock.unlock();
                }
            }
        });
        try {
            for (int round = 0; round < 6; round++) {
                for (String command : List.of("ls", "ps", "locks", "doctor")) {
                    Shell.Result run = run(command);
                    assertThat(run.err()).as(command).isEmpty();
                    assertThat(command.equals("doctor") || run.code() == 0).isTrue();
                }
                for (String command : List.of("stat", "peek")) {
                    Shell.Result run = run(command, "q", "--space", "gone");
                    assertThat(run.err().lines().count()).as(run.err()).isLessThanOrEqualTo(2);
                    assertThat(run.err()).doesNotContain("\tat ");
                }
            }
        } finally {
            over.set(true);
            other.join();
        }
    }
}

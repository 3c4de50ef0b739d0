package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ListUnlinkTest {
    private final Shell shell = new Shell();

    @AfterEach
    void removeEverything() {
        shell.close();
    }

    /// An object that one process has open, as another one sees it from outside.
    @Test
    void objectsAreListedAndCanBeUnlinked() {
        try (var space = SharedSpace.open("market", SpaceOptions.under(shell.root()));
                var queue = space.queue("orders", Codec.longs(), 1000)) {
            assertThat(queue.isLinked()).isTrue();
            assertThat(shell.run("ls").out().lines()).hasSize(2).last().asString()
                    .matches("market +orders +queue +[0-9.]+ KiB +0/1,000 +1 +ok");
            assertThat(shell.run("ls", "market", "-f", "json").out())
                    .startsWith("[{\"space\":\"market\",\"path\":\"").contains("\"name\":\"orders\",\"kind\":\"queue\"")
                    .contains("\"slots\":1000,\"slotBytes\":64").contains("\"live\":1,\"dead\":0");

            assertThat(shell.run("unlink", "orders", "--space", "market").code()).isZero();

            assertThat(queue.isLinked()).isFalse();
            assertThat(shell.run("ls").out()).hasLineCount(1).startsWith("SPACE");
            assertThat(shell.run("unlink", "orders", "--space", "market")).satisfies(again -> {
                assertThat(again.code()).isEqualTo(1);
                assertThat(again.err()).hasLineCount(1)
                        .startsWith("sluice: space 'market' has no object 'orders'");
            });
        }
        assertThat(shell.run("ls").out()).hasLineCount(1);
    }

    /// Scripts read the same output under every locale; Egypt has digits of its own.
    @Test
    void theOutputDoesNotDependOnTheLocale() {
        try (var egypt = new Shell("-Duser.language=ar", "-Duser.country=EG");
                var space = SharedSpace.open("market", SpaceOptions.under(egypt.root()));
                var queue = space.queue("orders", Codec.longs(), 1000)) {
            assertThat(queue.isLinked()).isTrue();
            assertThat(egypt.run("ls").out().lines()).hasSize(2).last().asString()
                    .matches("market +orders +queue +[0-9.]+ KiB +0/1,000 +1 +ok");
        }
    }

    /// The command needs no slot of the space, and removes a file that is no object.
    @Test
    void aNameIsRemovedAlsoIfAllSlotsAreTaken() throws IOException {
        try (var space = SharedSpace.open("market", SpaceOptions.under(shell.root()).withMaxProcesses(1));
                var queue = space.queue("orders", Codec.longs(), 10)) {
            Files.write(space.path().resolve("damaged"), new byte[10]);
            assertThat(shell.run("unlink", "orders", "--space", "market").code()).isZero();
            assertThat(shell.run("unlink", "damaged", "--space", "market").code()).isZero();
            assertThat(queue.isLinked()).isFalse();
            assertThat(space.list()).isEmpty();
        }
        assertThat(shell.left()).isEmpty();
    }

    /// A space of another release is shown with the reason, and hides no other space.
    @Test
    void aSpaceOfAnotherLayoutIsShownAsUnreadable() throws IOException {
        try (var space = SharedSpace.open("market", SpaceOptions.under(shell.root()));
                var queue = space.queue("orders", Codec.longs(), 10)) {
            try (var old = SharedSpace.open("old", SpaceOptions.under(shell.root())); var _ = old.event("e")) {
                assertThat(old.list()).hasSize(1);
            }
            for (String file : List.of(".registry", "e")) {
                try (var header = new RandomAccessFile(shell.root().resolve("old").resolve(file).toFile(), "rw")) {
                    header.seek(8);
                    header.write(99);
                }
            }
            var all = shell.run("ls");
            assertThat(all.code()).isZero();
            assertThat(all.out()).containsPattern("market +orders +queue")
                    .containsPattern("old +e +\\? +unreadable: 'e': layout version 99, this library reads \\d+")
                    .containsPattern("old +.registry +\\? +unreadable: '.registry': layout version 99");
            assertThat(shell.run("ls", "old", "-f", "json").out()).contains("\"unreadable\":[{\"name\":\".registry\"");
            assertThat(shell.run("clean", "--apply").out()).doesNotContain("old");
            assertThat(queue.unlink()).isTrue();
        }
    }

    /// Every kind shows its parameters, and only rings have slots.
    @Test
    void theShapeDependsOnTheKind() {
        try (var space = SharedSpace.open("market", SpaceOptions.under(shell.root()));
                var lock = space.reentrantLock("a-lock");
                var semaphore = space.semaphore("b-semaphore", SemaphoreOptions.bounded(3));
                var array = space.intArray("c-array", 1000);
                var value = space.longValue("d-value", 7);
                var barrier = space.barrier("e-barrier", 4)) {
            String table = Here.run(shell.root(), "ls", "-o", "name,kind,bytes,use,shape,open").out();
            assertThat(table.lines().findFirst().orElseThrow()).contains("SHAPE").doesNotContain("SLOTS");
            assertThat(table)
                    .containsPattern("a-lock +lock +[0-9.]+ KiB +free +reentrant +1\n")
                    .containsPattern("b-semaphore +semaphore +[0-9.]+ KiB +3 free +permits 3, bound 3 +1\n")
                    .containsPattern("c-array +array +[0-9.]+ KiB +1,000 x 4 B +1\n")
                    .containsPattern("d-value +number +[0-9.]+ KiB +1\n")
                    .containsPattern("e-barrier +barrier +[0-9.]+ KiB +0/4 +parties 4 +1\n");
            assertThat(Here.run(shell.root(), "ls", "-f", "json").out())
                    .contains("\"parameters\":{\"permits\":3,\"bound\":3,\"accounted\":1}")
                    .contains("\"parameters\":{\"length\":1000,\"elementBytes\":4}")
                    .contains("\"parameters\":{}").doesNotContain("slotBytes");
            assertThat(lock.isLocked() || array.length() != 1000 || value.get() != 7).isFalse();
            assertThat(semaphore.availablePermits() + barrier.getParties()).isEqualTo(7);
            for (String name : new String[] {"a-lock", "b-semaphore", "c-array", "d-value", "e-barrier"}) {
                assertThat(space.unlink(name)).isTrue();
            }
        }
    }

    /// Unused spaces are removed on demand, and named; a persistent object keeps its space, and so does a live process.
    @Test
    void unusedSpacesAreRemovedOnDemand() {
        try (var live = SharedSpace.open("live", SpaceOptions.under(shell.root()));
                var other = SharedSpace.open("kept", SpaceOptions.under(shell.root()))) {
            other.longValue("n", 1).close();
            Shell.Run receiver = shell.start("receive", "feed", "--space", "left");
            Shell.await("the queue of the receiver", () -> Files.exists(shell.root().resolve("left/feed")));
            assertThat(unlink("left/feed")).isTrue();
            receiver.kill();
            assertThat(Here.run(shell.root(), "clean")).isEqualTo(new Shell.Result(0, "unused left\n",
                    "sluice: nothing was removed; 'sluice clean --apply' removes unused spaces\n"));
            assertThat(shell.root().resolve("left")).exists();
            assertThat(shell.run("clean", "--apply").out()).isEqualTo("removed left\n");
            assertThat(Here.run(shell.root(), "clean")).isEqualTo(new Shell.Result(0, "", ""));
            assertThat(live.path()).exists();
        }
        assertThat(shell.root().resolve("kept/n")).exists();
    }

    private boolean unlink(String file) {
        try {
            return Files.deleteIfExists(shell.root().resolve(file));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Neither command makes a missing space.
    @Test
    void aMissingSpaceIsNotMade() {
        assertThat(shell.run("unlink", "x").err()).startsWith("sluice: no space 'default'");
        assertThat(shell.run("ls", "nowhere").code()).isEqualTo(1);
        assertThat(shell.left()).isEmpty();
    }

    /// Options that every command has.
    @Test
    void helpAndVersionExitWithZero() {
        assertThat(shell.run("--version").out()).startsWith("sluice ");
        assertThat(shell.run("--help").out()).contains("demo", "send", "receive", "ls", "unlink");
        assertThat(shell.run("send", "--help").code()).isZero();
        assertThat(shell.run()).isEqualTo(new Shell.Result(
                2, "", "sluice: missing command\nsluice: see 'sluice --help'\n"));
        assertThat(shell.run("sned").err()).contains("sned");
    }
}

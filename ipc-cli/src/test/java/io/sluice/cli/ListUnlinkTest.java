package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListUnlinkTest {
    private final Shell shell = new Shell();

    @AfterEach
    void removeEverything() {
        shell.close();
    }

    /// What one process made and has open, as another one sees it from outside.
    @Test
    void whatIsThereIsShownAndCanBeUnlinked() {
        try (var space = SharedSpace.open(shell.root(), "market");
                var queue = space.queue("orders", Codec.longs(), 1000)) {
            assertThat(queue.isLinked()).isTrue();
            assertThat(shell.run("ls").out().lines()).hasSize(2).last().asString()
                    .matches("market +orders +queue +[0-9.]+ KiB +1,000 x 64 B +1 +open +Long");
            assertThat(shell.run("ls", "market", "-f", "json").out())
                    .startsWith("[{\"space\":\"market\",\"path\":\"").contains("\"name\":\"orders\",\"kind\":\"queue\"")
                    .contains("\"slots\":1000,\"slotBytes\":64").contains("\"live\":1,\"dead\":0");

            assertThat(shell.run("unlink", "orders", "--space", "market").code()).isZero();

            assertThat(queue.isLinked()).isFalse();
            assertThat(shell.run("ls").out()).hasLineCount(1).startsWith("SPACE");
            assertThat(shell.run("unlink", "orders", "--space", "market")).satisfies(again -> {
                assertThat(again.code()).isEqualTo(1);
                assertThat(again.err()).hasLineCount(1)
                        .startsWith("sluice: nothing in space 'market' is called 'orders'");
            });
        }
        assertThat(shell.run("ls").out()).hasLineCount(1);
    }

    /// Neither command makes the space that it does not find.
    @Test
    void aSpaceThatIsNotThereIsNotMade() {
        assertThat(shell.run("unlink", "x").err()).startsWith("sluice: there is no space 'default'");
        assertThat(shell.run("ls", "nowhere").code()).isEqualTo(1);
        assertThat(shell.left()).isEmpty();
    }

    /// The things every command has.
    @Test
    void helpAndVersionAreAnswers() {
        assertThat(shell.run("--version").out()).startsWith("sluice ");
        assertThat(shell.run("--help").out()).contains("demo", "send", "receive", "ls", "unlink");
        assertThat(shell.run("send", "--help").code()).isZero();
        assertThat(shell.run().code()).isEqualTo(2);
        assertThat(shell.run("sned").err()).contains("sned");
    }
}

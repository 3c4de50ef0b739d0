package io.sluice.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.journal.tap.Jvm;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.space.SpaceOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// SIGKILL of a producer of a journaled queue: the journal has everything that the queue has had, and one more at most.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournaledQueueKillTest {
    @Test
    void whatAConsumerHasSeenIsInTheJournal() throws InterruptedException {
        try (Folders folders = new Folders();
                SharedSpace space = SharedSpace.open("s", SpaceOptions.under(folders.root()))) {
            Path journal = folders.file("journal");
            SharedQueue<Integer> queue = space.queue("numbers", Codec.ints(), JournaledSender.SHAPE);
            int taken = 0;
            try (Jvm sender = Jvm.start(folders, JournaledSender.class, journal.toString())) {
                for (; taken < 3000; taken++) {
                    Integer number = queue.poll(60, TimeUnit.SECONDS);
                    assertThat(number).as("%s", sender).isEqualTo(taken);
                }
                sender.kill();
            }
            for (Integer number = queue.poll(); number != null; number = queue.poll()) {
                assertThat(number).isEqualTo(taken);
                taken++;
            }
            int recorded = 0;
            try (JournalReader reader = Journal.read(journal)) {
                for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
                    assertThat(next.kind()).isEqualTo(JournalRecord.Kind.MESSAGE);
                    recorded++;
                    assertThat(next.sequence()).isEqualTo(recorded);
                }
            }
            assertThat(recorded).isBetween(taken, taken + 1);
            try (JournaledQueue<Integer> again = JournaledQueue.open(
                    space, "numbers", Codec.ints(), JournaledSender.SHAPE, journal, JournaledSender.JOURNAL)) {
                assertThat(again.sequence()).isEqualTo(recorded);
                again.put(-1);
                assertThat(queue.take()).isEqualTo(-1);
            }
            assertThat(Journal.verify(journal, percent -> { }).isSound()).isTrue();
        }
    }
}

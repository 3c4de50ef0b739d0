package io.sluice.bench.link;

import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/// Aeron's IPC, with large terms and messages claimed in place, or copied if they are longer than a fragment. The media
/// driver is a thread of the first process to open the link. It raises the publishers' limits every millisecond, which
/// with such terms never blocks them, and costs the other subjects little while Aeron sleeps.
final class AeronLink implements Link {
    private static final int FRAGMENT_BYTES = 65_504;
    private static final int CLAIM_BYTES = FRAGMENT_BYTES - 32;
    private static final String CHANNEL = "aeron:ipc?term-length=64m|mtu=" + FRAGMENT_BYTES;

    private final Aeron aeron;
    private final int stream;
    private final boolean exclusive;

    AeronLink(Place place, boolean exclusive) {
        Path directory = place.directory().resolve("aeron");
        if (isFirst(place.directory().resolve("driver"))) {
            var _ = MediaDriver.launch(new MediaDriver.Context()
                    .aeronDirectoryName(directory.toString())
                    .threadingMode(ThreadingMode.SHARED)
                    .sharedIdleStrategy(new SleepingMillisIdleStrategy(1)));
        }
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()));
        stream = 1 + place.name().hashCode() % 1000;
        this.exclusive = exclusive;
    }

    private static boolean isFirst(Path mark) {
        try {
            Files.createFile(mark);
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public Sender sender() {
        Publication publication = exclusive
                ? aeron.addExclusivePublication(CHANNEL, stream) : aeron.addPublication(CHANNEL, stream);
        return Setting.PAYLOAD_BYTES <= CLAIM_BYTES ? claiming(publication) : copying(publication);
    }

    private static Sender claiming(Publication publication) {
        BufferClaim claim = new BufferClaim();
        return sequence -> {
            if (!isTaken(publication.tryClaim(Setting.PAYLOAD_BYTES, claim))) {
                return false;
            }
            Payload.write(claim.buffer(), claim.offset(), sequence);
            claim.commit();
            return true;
        };
    }

    private static Sender copying(Publication publication) {
        UnsafeBuffer message = new UnsafeBuffer(new byte[Setting.PAYLOAD_BYTES]);
        return sequence -> {
            Payload.write(message, 0, sequence);
            return isTaken(publication.offer(message, 0, Setting.PAYLOAD_BYTES));
        };
    }

    private static boolean isTaken(long position) {
        if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
            throw new IllegalStateException("Aeron refused: " + Publication.errorString(position));
        }
        return position > 0;
    }

    @Override
    public Receiver receiver() {
        Subscription subscription = aeron.addSubscription(CHANNEL, stream);
        SequenceCheck sequences = new SequenceCheck();
        FragmentHandler handler =
                (buffer, offset, length, header) -> sequences.check(Payload.read(buffer, offset, length));
        if (Setting.PAYLOAD_BYTES <= CLAIM_BYTES) {
            return () -> subscription.poll(handler, Receiver.READ_LIMIT);
        }
        int[] messages = new int[1];
        FragmentAssembler assembler = new FragmentAssembler((buffer, offset, length, header) -> {
            handler.onFragment(buffer, offset, length, header);
            messages[0]++;
        });
        return () -> {
            messages[0] = 0;
            subscription.poll(assembler, Receiver.READ_LIMIT);
            return messages[0];
        };
    }
}

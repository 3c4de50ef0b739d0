package io.sluice.bench.link;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.file.Path;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/// Aeron over UDP on the loopback interface, bare: what a gateway is built on. Each process has a media driver, in a
/// thread of its own, as each end of a gateway has.
record AeronUdpLink(Place place) implements Link {
    private static final int STREAM = 1;
    private static final int THREADS = 4;

    /// What two processes with a driver each need to spin; with fewer cores they would take them from each other.
    static boolean mayDriversSpin() {
        return Runtime.getRuntime().availableProcessors() >= THREADS;
    }

    private Aeron aeron() {
        Place process = new Place(place.directory(), "aeron-udp-" + ProcessHandle.current().pid());
        return process.inProcess(Aeron.class, () -> {
            Path directory = process.directory().resolve(process.name());
            IdleStrategy idle = mayDriversSpin() ? BusySpinIdleStrategy.INSTANCE : new BackoffIdleStrategy();
            var _ = MediaDriver.launch(new MediaDriver.Context()
                    .aeronDirectoryName(directory.toString())
                    .threadingMode(ThreadingMode.SHARED)
                    .sharedIdleStrategy(idle));
            return Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()));
        });
    }

    private static String channel(int port) {
        return "aeron:udp?endpoint=127.0.0.1:" + port;
    }

    @Override
    public Sender sender() {
        return new UdpSender(this);
    }

    private ExclusivePublication publication() {
        return aeron().addExclusivePublication(channel(UdpPort.await(place)), STREAM);
    }

    /// Connects with the first message: by then the receiver has chosen its port.
    private static final class UdpSender implements Sender {
        private final AeronUdpLink link;
        private final BufferClaim claim = new BufferClaim();
        private ExclusivePublication publication;

        UdpSender(AeronUdpLink link) {
            this.link = link;
        }

        @Override
        public boolean trySend(long sequence) {
            if (publication == null) {
                publication = link.publication();
            }
            long position = publication.tryClaim(Setting.PAYLOAD_BYTES, claim);
            if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
                throw new IllegalStateException("Aeron refused: " + Publication.errorString(position));
            }
            if (position <= 0) {
                return false;
            }
            Payload.write(claim.buffer(), claim.offset(), sequence);
            claim.commit();
            return true;
        }
    }

    @Override
    public Receiver receiver() {
        Subscription subscription = aeron().addSubscription(channel(UdpPort.choose(place)), STREAM);
        SequenceCheck sequences = new SequenceCheck();
        FragmentHandler handler =
                (buffer, offset, length, header) -> sequences.check(Payload.read(buffer, offset, length));
        return () -> subscription.poll(handler, Receiver.READ_LIMIT);
    }
}

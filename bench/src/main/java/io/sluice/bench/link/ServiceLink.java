package io.sluice.bench.link;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.service.SharedService;
import io.sluice.shm.service.SharedService.Handler;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Our service, for round trips: to send a message there is a whole call, and to receive it is to answer it. The link
/// back has nothing to do, since the answer has come with the call.
record ServiceLink(SharedService<Long, Long> service, boolean answers) implements Link {
    private static final String BACK = "back";

    /// A message as all links send it; the value is its sequence number.
    private static final class Messages implements Codec<Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public int encode(Long sequence, MutableDirectBuffer buffer, int offset) {
            buffer.checkLimit(offset + Setting.PAYLOAD_BYTES);
            Payload.write(buffer, offset, sequence);
            return Setting.PAYLOAD_BYTES;
        }

        @Override
        public Long decode(DirectBuffer buffer, int offset, int length) {
            return Payload.read(buffer, offset, length);
        }

        @Override
        public String identity() {
            return "message";
        }

        @Override
        public int maxBytes() {
            return Setting.PAYLOAD_BYTES;
        }
    }

    ServiceLink(Place place) {
        this(place.space().with(Setting.PARK ? WaitStrategy.PARK : WaitStrategy.BUSY_SPIN)
                .service(place.name(), new Messages(), new Messages()), place.name().equals(BACK));
    }

    @Override
    public Sender sender() {
        if (answers) {
            return sequence -> true;
        }
        return sequence -> {
            try {
                long answer = service.call(sequence);
                if (answer != sequence) {
                    throw new IllegalStateException("call %,d got the answer of call %,d".formatted(sequence, answer));
                }
                return true;
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        };
    }

    @Override
    public Receiver receiver() {
        SequenceCheck sequences = new SequenceCheck();
        Handler<Long, Long> handler = (sequence, client) -> {
            sequences.check(sequence);
            return sequence;
        };
        return new Receiver() {
            @Override
            public int receive() {
                return answers || service.poll(handler) ? 1 : 0;
            }

            @Override
            public int await() throws InterruptedException {
                while (receive() == 0) {
                    boolean _ = service.awaitReady(1, TimeUnit.DAYS);
                }
                return 1;
            }
        };
    }
}

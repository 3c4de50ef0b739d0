package io.sluice.gateway;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.owner.Closing;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingBrowser.Fate;
import io.sluice.core.ring.RingOptions.Producers;
import io.sluice.core.ring.RingProducer;
import org.agrona.DirectBuffer;

/// Where a gateway puts the messages that it receives.
final class Target implements AutoCloseable {
    private final LocalObject.LocalRing local;
    private final Form form;
    private final Ring ring;
    private final RingProducer producer;
    private final int mostInRing;
    private final Claim claim = new Claim();

    Target(LocalObject.LocalRing local) {
        this.local = local;
        this.form = local.of().form();
        this.ring = local.ring();
        this.mostInRing = form.mostInRing(ring.options());
        this.producer = ring.producer(WaitStrategy.BUSY_SPIN);
    }

    /// Puts a message, and enters it into the ledger, if there is room now.
    ///
    /// @param ledger learns of it before the commit, and after it
    /// @param position of the message in the object of the sender
    /// @param source outside the heap
    /// @return whether there was room
    /// @throws GatewayException if a ring does not take so long a message
    boolean offer(Ledger ledger, long position, int type, DirectBuffer source, int offset, int length) {
        boolean inFile = length > mostInRing;
        if (inFile && form == Form.RING) {
            throw new GatewayException(("ring '%s': a message of %,d bytes came, and it takes %,d at most; create it"
                    + " with more or larger slots; the message was not acknowledged").formatted(
                    local.of().name(), length, mostInRing));
        }
        int plain = form.plainType(type);        // the other end says nothing of a file here
        if (!producer.tryClaim(claim, inFile ? form.typeInFile(plain) : plain, inFile ? Integer.BYTES : length)) {
            return false;
        }
        try (claim) {
            if (inFile) {
                local.of().object().sides().write(
                        claim.position() | local.sideBit(), source.addressOffset() + offset, length);
                claim.buffer().putInt(0, length);
            } else {
                claim.buffer().putBytes(0, source, offset, length);
            }
            ledger.intend(position, claim.position(), ring.abortedByDeath());
            claim.commit();
        }
        ledger.deliver(position);
        return true;
    }

    /// What became of a claim of a predecessor that is dead and cleaned up after.
    ///
    /// @param at where it was claimed
    /// @param aborted how many claims of the object had been given up before the commit
    /// @return true if the message is in the object, or was; false if not. Null if that cannot be known: the slot was
    ///     used again, and producers have died meanwhile, the predecessor among them
    Boolean isCommitted(long at, long aborted) {
        Fate fate = ring.browser().fate(at);
        return switch (fate) {
            case UNCLAIMED, CLAIMED, ABORTED -> false;
            case COMMITTED -> true;
            case RELEASED -> {
                if (ring.abortedByDeath() == aborted) {
                    yield true;
                }
                yield ring.options().producers() == Producers.ONE ? false : null;
            }
        };
    }

    /// Ends the local object, as the one at the other end was ended.
    void end() {
        if (form == Form.PIPE) {
            producer.close();
        } else {
            ring.shutdown();
        }
    }

    @Override
    public void close() {
        new Closing().then(producer).then(ring::close).end();
    }
}

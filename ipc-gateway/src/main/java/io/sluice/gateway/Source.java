package io.sluice.gateway;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.RoleState;
import io.sluice.core.ring.HeldMessages;
import io.sluice.core.ring.Ring;

/// The messages that a gateway sends, as they lie in the local object. A message stays there until it is acknowledged.
///
/// [#show] points at one message; [#address], [#length] and [#type] are those of the last one shown.
final class Source implements AutoCloseable {
    static final long NONE = HeldMessages.NONE;

    private final LocalObject.LocalRing local;
    private final Form form;
    private final Ring ring;
    private final HeldMessages held;
    private final ExpandableMemoryBuffer large = new ExpandableMemoryBuffer();
    private long shown = NONE;
    private long address;
    private int length;
    private int type;

    Source(LocalObject.LocalRing local) {
        this.local = local;
        this.form = local.of().form();
        this.ring = local.ring();
        this.held = new HeldMessages(ring, WaitStrategy.BUSY_SPIN);
    }

    /// From where on every message is seen; 0 for all but a broadcast.
    long joined() {
        return held.joined();
    }

    /// Takes the next message. @return its position, or [#NONE]
    long take() {
        return held.take();
    }

    /// Points at a message that was taken and not acknowledged. A second call for the same one reads no file again.
    void show(long position) {
        if (position == shown) {
            return;                      // positions are never used twice
        }
        shown = NONE;
        int rawType = held.type(position);
        type = form.plainType(rawType);
        length = held.length(position);
        address = held.payload(position);
        if (form.isInFile(rawType)) {
            length = Memory.getInt(address);
            local.of().object().sides().read(position | local.sideBit(), length, large);
            address = large.address();
        }
        shown = position;
    }

    long address() {
        return address;
    }

    int length() {
        return length;
    }

    int type() {
        return type;
    }

    /// Ends the oldest message that is held.
    void acknowledge(long position) {
        boolean inFile = form.isInFile(held.type(position));
        held.acknowledge(position);
        if (inFile) {
            local.of().object().sides().remove(position | local.sideBit());
        }
    }

    void giveBack(long position) {
        held.giveBack(position);
    }

    /// Whether the object is more than half full, seen from a message that is held.
    boolean isCrowded(long position) {
        return ring.browser().end() - position > ring.options().capacity() / 2;
    }

    /// Whether no message will come any more: the object was shut down and is empty, or the other end of the pipe was
    /// left.
    boolean isEnded() {
        if (form != Form.PIPE) {
            return held.isEnded();
        }
        RoleState sender = ring.producerState();
        return sender == RoleState.HOLDER_LEFT || sender == RoleState.HOLDER_DIED;
    }

    @Override
    public void close() {
        new Closing().then(held).then(ring::close).end();
    }
}

package io.sluice.shm;

import io.sluice.shm.object.RingView;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.RingMessage;
import java.util.List;

/// The messages of a ring, queue, pipe or service, seen from outside: copied where they lie, never taken, through a
/// read-only mapping. Consumed messages stay readable until their place is used again, so an observer also sees what
/// was there a moment ago.
///
/// - **Threads:** one at a time. **Blocking:** never; a look at each slot at most.
/// - **Lifetime:** the object stays mapped until [#close], also if it is unlinked meanwhile.
/// - **Errors:** spoiled memory gives spoiled messages, or a [io.sluice.core.error.CorruptObjectException].
///
/// `SpaceRoot.messages(space, object)` opens one.
public final class MessageView implements AutoCloseable {
    private final RingView view;

    MessageView(RingView view) {
        this.view = view;
    }

    /// The kind of the object.
    ///
    /// @return one that has messages
    public ObjectInfo.Kind kind() {
        return view.kind();
    }

    /// Whether each consumer gets each message, so that none waits to be taken.
    ///
    /// @return true for a ring that broadcasts
    public boolean isBroadcast() {
        return view.isBroadcast();
    }

    /// Whether what stood at a position was overwritten.
    ///
    /// @param flow which way of messages, 0 and up
    /// @param position where a message began
    /// @return true once its slot was claimed again
    public boolean isOverwritten(int flow, long position) {
        return view.isOverwritten(flow, position);
    }

    /// How many ways of messages the object has: one, or two for a pipe of two directions.
    ///
    /// @return 1 or 2
    public int flows() {
        return view.flows();
    }

    /// Name of the codec and of what it encodes.
    ///
    /// @return the text; empty if messages are bytes of the user's own
    public String elementType() {
        return view.elementType();
    }

    /// The messages that wait to be taken, in the order in which they will be. A broadcast has none that wait.
    ///
    /// @param flow which way of messages, 0 and up
    /// @param most how many
    /// @return copies of the first ones
    public List<RingMessage> waiting(int flow, int most) {
        return view.waiting(flow, most);
    }

    /// The youngest messages that lie in the ring before a position, consumed or not.
    ///
    /// @param flow which way of messages, 0 and up
    /// @param most how many
    /// @param before a position; [Long#MAX_VALUE] for the youngest of all
    /// @return copies, the oldest first
    public List<RingMessage> youngest(int flow, int most, long before) {
        return view.youngest(flow, most, before);
    }

    /// The first message at or after a position, consumed or not. What was overwritten meanwhile is stepped over: then
    /// its position is larger than the one that was asked for.
    ///
    /// @param flow which way of messages, 0 and up
    /// @param from where the message before it ended, or [#end]
    /// @return a copy; null if none is there yet
    public RingMessage next(int flow, long from) {
        return view.next(flow, from);
    }

    /// Where the next message will begin.
    ///
    /// @param flow which way of messages, 0 and up
    /// @return the position after the last claim
    public long end(int flow) {
        return view.end(flow);
    }

    /// Whether the name of the object still leads to it.
    ///
    /// @return false once it was unlinked
    public boolean isLinked() {
        return view.isLinked();
    }

    /// Unmaps the object. A second call does nothing.
    @Override
    public void close() {
        view.close();
    }
}

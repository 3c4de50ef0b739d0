package io.sluice.shm.object;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.SluiceException;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.ring.RingLook;
import io.sluice.shm.body.Body;
import io.sluice.shm.body.PipeBody;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.linux.Futex;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.linux.Mapping;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.RegionFile;
import io.sluice.shm.region.RegionLayout;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.RingMessage;
import io.sluice.shm.space.RingMessage.State;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The messages of an object, read through a read-only mapping that lasts until the close.
///
/// - **Threads:** one at a time.
public final class RingView implements AutoCloseable {
    /// Largest side file that is read for display.
    private static final int MOST_SIDE_BYTES = 1 << 20;

    private final Directory directory;
    private final RegionFile file;
    private final Kind kind;
    private final Mapping mapping;
    private final List<RingLook> rings = new ArrayList<>();
    private final SideFiles sides;
    private boolean closed;

    private RingView(Directory directory, RegionFile file) {
        this.directory = directory;
        this.file = file;
        this.kind = Kind.of(file.header().kind(), file.name());
        Body body = kind.body(file.name(), file.header().parameters(), file.header().bodyBytes());
        if (body.rings() == 0) {
            throw new SluiceException("'%s' is of kind %s, which has no messages; 'sluice stat %s' shows what it has"
                    .formatted(file.name(), kind.shortName(), file.name()));
        }
        this.sides = new SideFiles(directory, file.header().id());
        this.mapping = file.mapReadOnly();
        try {
            for (int i = 0; i < body.rings(); i++) {
                rings.add(new RingLook(file.name(), mapping.address() + RegionLayout.BODY + body.ring(i),
                        body.ringBytes(), Futex.INSTANCE));
            }
        } catch (Throwable refused) {
            mapping.unmap();
            throw MemoryFault.named(refused);
        }
    }

    /// Opens an object for a look at its messages.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @param space its name
    /// @param object its name
    /// @return the view
    /// @throws NoSuchObjectException if there is no such space or object
    /// @throws SluiceException if the object has no messages, or is damaged
    public static RingView open(Path root, String space, String object) {
        Linux.require();
        Names.check("space", space);
        Names.check("object", object);
        Directory directory = Directory.open(SpaceLocation.root(root).resolve(space));
        RegionFile file = null;
        RingView view = null;
        try {
            file = RegionFile.open(directory, object);
            if (file == null) {
                throw NoSuchObjectException.of(space, object);
            }
            view = new RingView(directory, file);
            return view;
        } finally {
            if (view == null) {
                if (file != null) {
                    file.close();
                }
                directory.close();
            }
        }
    }

    /// The kind of the object.
    ///
    /// @return the public constant
    public ObjectInfo.Kind kind() {
        return kind.shown();
    }

    /// Whether each consumer gets each message.
    ///
    /// @return whether
    public boolean isBroadcast() {
        return looking(() -> rings.getFirst().isBroadcast());
    }

    /// Whether what stood at a position was overwritten.
    ///
    /// @param flow which way
    /// @param position where a message began
    /// @return whether
    public boolean isOverwritten(int flow, long position) {
        return looking(() -> rings.get(flow).isOverwritten(position));
    }

    /// How many ways of messages it has.
    ///
    /// @return 1 or 2
    public int flows() {
        return rings.size();
    }

    /// Name of the codec and of what it encodes.
    ///
    /// @return the text
    public String elementType() {
        return file.header().elementType();
    }

    /// Whether the name of the object still leads to it.
    ///
    /// @return whether
    public boolean isLinked() {
        return looking(file::isStillNamed);
    }

    /// The messages that wait to be taken.
    ///
    /// @param flow which way
    /// @param most how many
    /// @return copies of the first ones
    public List<RingMessage> waiting(int flow, int most) {
        return looking(() -> {
            RingLook ring = rings.get(flow);
            List<RingMessage> messages = new ArrayList<>();
            long position = ring.nextWaiting(0);
            long end = ring.in();
            while (position >= 0 && position < end && messages.size() < most) {
                RingLook.Copy copy = ring.copy(position);
                if (copy != null) {
                    messages.add(message(flow, copy));
                }
                position = ring.nextWaiting(copy == null ? position + 1 : copy.next());
            }
            return messages;
        });
    }

    /// The youngest messages before a position, consumed or not.
    ///
    /// @param flow which way
    /// @param most how many
    /// @param before a position
    /// @return copies, the oldest first
    public List<RingMessage> youngest(int flow, int most, long before) {
        return looking(() -> {
            List<RingMessage> messages = new ArrayList<>();
            for (long position : rings.get(flow).youngest(most, before)) {
                RingLook.Copy copy = rings.get(flow).copy(position);
                if (copy != null) {
                    messages.add(message(flow, copy));
                }
            }
            return messages;
        });
    }

    /// The first message at or after a position, consumed or not.
    ///
    /// @param flow which way
    /// @param from a position
    /// @return a copy; null if none is there yet
    public RingMessage next(int flow, long from) {
        return looking(() -> {
            RingLook ring = rings.get(flow);
            long position = ring.nextReadable(from);
            while (position >= 0) {
                RingLook.Copy copy = ring.copy(position);
                if (copy != null) {
                    return message(flow, copy);
                }
                position = ring.nextReadable(position + 1);     // overwritten at this moment
            }
            return null;
        });
    }

    /// Where the next message will begin.
    ///
    /// @param flow which way
    /// @return a position
    public long end(int flow) {
        return looking(() -> rings.get(flow).in());
    }

    private RingMessage message(int flow, RingLook.Copy copy) {
        State state = switch (copy.state()) {
            case CLAIMED -> throw new IllegalStateException("a claim is not copied");
            case WAITING -> State.WAITING;
            case RETURNED -> State.RETURNED;
            case TAKEN -> State.TAKEN;
            case CONSUMED -> State.CONSUMED;
        };
        byte[] bytes = copy.bytes();
        boolean whole = copy.whole();
        if (kind.isInFile(copy.type()) && bytes.length == Integer.BYTES) {
            int length = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
            try {
                bytes = length > MOST_SIDE_BYTES ? new byte[0] : sides.read(position(flow, copy), length);
                whole = length <= MOST_SIDE_BYTES;
            } catch (NoSuchObjectException | CorruptObjectException consumed) {
                bytes = new byte[0];
                whole = false;
            }
        }
        return new RingMessage(flow, copy.position(), copy.next(), state, copy.type(), bytes, whole);
    }

    private static long position(int flow, RingLook.Copy copy) {
        return flow == 0 ? copy.position() : copy.position() | PipeBody.SECOND_RING_POSITION;
    }

    private <T> T looking(Supplier<T> look) {
        if (closed) {
            throw new ClosedException("the view of the messages of '%s' was closed".formatted(file.name()));
        }
        try {
            return look.get();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            mapping.unmap();
            file.close();
            directory.close();
        }
    }
}

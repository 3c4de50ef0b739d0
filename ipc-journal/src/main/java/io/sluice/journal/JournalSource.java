package io.sluice.journal;

import java.util.Objects;
import java.util.UUID;

/// Where the records of a journal come from. A record names the one that its writer was opened with.
///
/// @param space name of the space; empty for a program of its own
/// @param name of the ring or queue, or what the program is called
/// @param kind such as `ring`, `queue`, `task-queue`; `program` for others
/// @param elementType name of the codec and of what it encodes; may be empty
/// @param id of the ring or queue: another one is made under the same name has another id, and positions of its own
/// @param capacity of the ring or queue, in slots; 0 if it is none
/// @param slotBytes size of a slot in bytes; 0 if it is none
/// @param producers code of the roles of a ring, see `RingOptions`; 0 if it is none
/// @param consumers likewise
public record JournalSource(
        String space,
        String name,
        String kind,
        String elementType,
        UUID id,
        int capacity,
        int slotBytes,
        int producers,
        int consumers) {
    private static final UUID NONE = new UUID(0, 0);

    /// Refuses null.
    public JournalSource {
        Objects.requireNonNull(space, "space");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(elementType, "elementType");
        Objects.requireNonNull(id, "id");
    }

    /// A program that appends records of its own.
    ///
    /// @param name what it is called
    /// @return the source
    public static JournalSource program(String name) {
        return new JournalSource("", name, "program", "", NONE, 0, 0, 0, 0);
    }

    /// Space and name, or the name alone.
    @Override
    public String toString() {
        return space.isEmpty() ? name : space + "/" + name;
    }
}

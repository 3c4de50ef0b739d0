package io.sluice.pool.manager;

/// An element of a collection in the server, and which one it is: no other element of the collection, before or after
/// it, has its stamp. Equal to another one if their values are.
///
/// @param value not null
/// @param stamp more than 0
record Stamped(Object value, long stamp) {
    /// The stamp of no element.
    static final long ABSENT = 0;

    @Override
    public boolean equals(Object other) {
        return other instanceof Stamped that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    static Object valueOf(Stamped stamped) {
        return stamped == null ? null : stamped.value;
    }
}

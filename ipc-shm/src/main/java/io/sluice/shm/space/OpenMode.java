package io.sluice.shm.space;

/// How a factory method treats a name that is taken, or free.
public enum OpenMode {
    /// Attach to the object; create it if nothing has the name.
    CREATE_OR_ATTACH,
    /// Create the object; refuse if something has the name.
    CREATE,
    /// Attach to the object; refuse if nothing has the name.
    ATTACH
}

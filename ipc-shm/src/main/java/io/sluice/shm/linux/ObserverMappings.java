package io.sluice.shm.linux;

/// Where an observer maps the files that it looks at, for reading alone.
public interface ObserverMappings {
    /// Maps a file from its start. What was mapped before may be gone then.
    ///
    /// @param descriptor of the file; may be closed afterwards
    /// @param status of the file
    /// @param length in bytes, a multiple of a page, not more than the file has
    /// @param name of the file, for messages
    /// @return absolute address, valid until the next call
    /// @throws io.sluice.shm.error.SystemCallException if the kernel refuses
    long map(int descriptor, FileStatus status, long length, String name);
}

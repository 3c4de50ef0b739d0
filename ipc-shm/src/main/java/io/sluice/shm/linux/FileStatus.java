package io.sluice.shm.linux;

/// What `statx(2)` says about a file.
///
/// @param mode type and permissions
/// @param owner user id
/// @param links number of names
/// @param size in bytes
/// @param device which file system
/// @param inode which file on it
public record FileStatus(int mode, int owner, int links, long size, long device, long inode) {
    private static final int TYPE = 0xF000;
    private static final int DIRECTORY = 0x4000;
    private static final int REGULAR = 0x8000;
    private static final int LINK = 0xA000;
    private static final int OTHERS = 0_077;

    /// Whether it is a directory.
    ///
    /// @return whether
    public boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    /// Whether it is an ordinary file.
    ///
    /// @return whether
    public boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    /// Whether group or others may do anything with it.
    ///
    /// @return whether
    public boolean isOpenToOthers() {
        return (mode & OTHERS) != 0;
    }

    /// Whether both are the same file.
    ///
    /// @param other another status
    /// @return whether
    public boolean isSameFileAs(FileStatus other) {
        return device == other.device && inode == other.inode;
    }

    /// The permissions, as `chmod` takes them.
    ///
    /// @return four octal digits
    public String permissions() {
        return "%04o".formatted(mode & 0_7777);
    }

    /// The type, in words.
    ///
    /// @return such as `a symbolic link`
    public String type() {
        return switch (mode & TYPE) {
            case DIRECTORY -> "a directory";
            case REGULAR -> "a regular file";
            case LINK -> "a symbolic link";
            case 0x1000 -> "a named pipe";
            case 0xC000 -> "a socket";
            default -> "a device";
        };
    }
}

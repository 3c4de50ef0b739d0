package io.sluice.shm.space;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// The state of a space at one moment, read from outside: nothing in it is mapped, locked, joined or changed.
///
/// @param name of the space
/// @param path its directory
/// @param maxProcesses how many processes can be in it; 0 if its registry is unreadable
/// @param owners the processes that are in it, or were and have not been cleaned up after
/// @param objects sorted by name
/// @param unreadable files that are no objects, are of another release, or that processes of the space miss, each with
///     its defect; `.registry` is the list of the processes
public record SpaceInfo(
        String name,
        Path path,
        int maxProcesses,
        List<Owner> owners,
        List<ObjectInfo> objects,
        Map<String, String> unreadable) {

    /// A process in a space, for display. The kernel tells whether it lives; the process itself wrote the rest.
    ///
    /// @param slot 1 to 1023
    /// @param generation how many have had the slot
    /// @param alive whether it lives
    /// @param pid its process id, in its own namespace
    /// @param started when it was started
    /// @param joined when it entered the space
    /// @param command its main class and arguments
    public record Owner(
            int slot, long generation, boolean alive, long pid, Instant started, Instant joined, String command) {}

    /// What went wrong in a space, each distinct text once: a process that died, a recovery or cleanup that failed.
    ///
    /// @param text what
    /// @param count how often
    /// @param first when it was reported first
    /// @param last when it was reported last
    /// @param pid process id that the last report is about, in its own namespace; 0 if about none
    public record LoggedError(String text, long count, Instant first, Instant last, long pid) {}
}

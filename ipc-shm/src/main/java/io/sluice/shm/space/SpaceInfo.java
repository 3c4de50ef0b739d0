package io.sluice.shm.space;

import java.nio.file.Path;
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
        List<OwnerInfo> owners,
        List<ObjectInfo> objects,
        Map<String, String> unreadable) {}

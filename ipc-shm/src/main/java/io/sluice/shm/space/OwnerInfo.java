package io.sluice.shm.space;

import java.time.Instant;

/// A process in a space, for display. The kernel tells whether it lives; the process itself wrote the rest.
///
/// @param slot 1 to 1023
/// @param generation how many have had the slot
/// @param alive whether it lives
/// @param pid its process id, in its own namespace
/// @param started when it was started
/// @param joined when it entered the space
/// @param command its main class and arguments
public record OwnerInfo(
        int slot, long generation, boolean alive, long pid, Instant started, Instant joined, String command) {}

package io.sluice.journal.spi;

import java.nio.file.Path;

/// A cycle on disk.
///
/// @param number of the cycle: minutes since 1970 of its beginning, or one more than the number before
/// @param path its file
/// @param bytes its size; that of the one that is being written counts room that it has not filled
public record CycleFile(long number, Path path, long bytes) {}

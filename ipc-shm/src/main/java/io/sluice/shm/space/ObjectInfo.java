package io.sluice.shm.space;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The description of an object, read without opening it.
///
/// @param name in its space
/// @param kind what its body is
/// @param id another one for each object that is created under the name
/// @param sizeBytes size of the file, all of it reserved
/// @param elementType name of the codec and of what it encodes; may be empty
/// @param temporary whether it goes when no live process has it open
/// @param creatorPid process id of the creator, in its own namespace
/// @param created when
/// @param live how many live processes have it open
/// @param dead how many dead ones have not been cleaned up after
/// @param owners slots of the processes that have it open, dead or alive
/// @param parameters the numbers that it was created with, by their names, in the order of its header
/// @param largeMessages how many messages lie in files of their own
/// @param largeBytes how many bytes these take
public record ObjectInfo(
        String name,
        Kind kind,
        UUID id,
        long sizeBytes,
        String elementType,
        boolean temporary,
        long creatorPid,
        Instant created,
        int live,
        int dead,
        List<Integer> owners,
        Map<String, Long> parameters,
        int largeMessages,
        long largeBytes) {

    /// The kinds of objects in a space.
    public enum Kind {
        /// A ring, used in place.
        RING,
        /// A queue.
        QUEUE,
        /// A queue of tasks.
        TASK_QUEUE,
        /// A pipe.
        PIPE,
        /// A lock with its conditions.
        LOCK,
        /// A read-write lock.
        READ_WRITE_LOCK,
        /// A semaphore.
        SEMAPHORE,
        /// An event.
        EVENT,
        /// A latch that is counted down.
        LATCH,
        /// A barrier.
        BARRIER,
        /// A single number or truth value; which, is the element type.
        NUMBER,
        /// A value of several words.
        VALUE,
        /// An array of numbers; of which, is the element type.
        ARRAY,
        /// An array of values of several words.
        VALUE_ARRAY,
        /// A service: calls and their answers.
        SERVICE
    }
}

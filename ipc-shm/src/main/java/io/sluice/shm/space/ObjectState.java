package io.sluice.shm.space;

import java.util.List;
import java.util.OptionalLong;

/// What an object is doing at one moment, seen from outside: read through a read-only mapping, without a place in the
/// object. Threads and processes that use it are not disturbed, and go on meanwhile, so its numbers are of moments that
/// lie close together, not of one.
///
/// Rates come from two states: what a counter that [Counter#grows] has grown by, over the difference of [#nanoTime].
///
/// @param info what its header and its table of participants say
/// @param condition whether it needs help
/// @param finding what is wrong, in words; empty if it is [Condition#OK]
/// @param flows the ways of messages through it: none, one, or two for a pipe of two directions
/// @param holds what processes hold of it
/// @param waits which threads wait in it, as far as its layout tells
/// @param counters its numbers, by kind
/// @param beingCleaned slots of dead processes that another process cleans up after now
/// @param nanoTime when it was read, as [System#nanoTime()] tells
public record ObjectState(
        ObjectInfo info,
        Condition condition,
        String finding,
        List<Flow> flows,
        List<Hold> holds,
        List<Wait> waits,
        List<Counter> counters,
        List<Integer> beingCleaned,
        long nanoTime) {

    /// One of its numbers. Their places in [#counters] change with the subscribers of a broadcast; names do not.
    ///
    /// @param name as [Counter#name] gives it
    /// @return the value; empty if the object has none of that name, as when it is damaged
    public OptionalLong counter(String name) {
        for (Counter counter : counters) {
            if (counter.name().equals(name)) {
                return OptionalLong.of(counter.value());
            }
        }
        return OptionalLong.empty();
    }

    /// Whether an object needs help; the most serious reason if there are several.
    public enum Condition {
        /// It does not.
        OK,
        /// A producer has to wait for room.
        FULL,
        /// No live process has it open.
        ORPHANED,
        /// A barrier is broken.
        BROKEN,
        /// The holder of its lock died, and what the lock guards was not repaired.
        POISONED,
        /// Its memory holds what no participant can have written, or its file is not what it was.
        DAMAGED
    }

    /// One way of messages.
    ///
    /// @param name which one; empty if there is only one
    /// @param capacity most slots in use at once; for queues, most elements
    /// @param depth how many slots wait to be taken; in a broadcast, how far the slowest consumer is behind
    /// @param in how many slots have been put in since it was created
    /// @param slotsPerMessage how many slots a message takes on average, by a sample; 1 for queues
    /// @param bytesPerMessage how long the payload of a message in the slots is on average, by a sample; 0 if there was
    ///     none. What lies in a file of its own counts 4 bytes
    /// @param producers how many processes put messages in; -1 if it does not tell
    /// @param consumers how many processes take messages out; -1 if it does not tell
    public record Flow(
            String name,
            long capacity,
            long depth,
            long in,
            double slotsPerMessage,
            double bytesPerMessage,
            int producers,
            int consumers) {}

    /// What a process holds.
    ///
    /// @param what such as `lock`, `read lock`, `permits`, `message`, `producer`
    /// @param owner slot of the process
    /// @param thread id of the thread in it; 0 if the object does not tell
    /// @param count how many
    public record Hold(String what, int owner, long thread, long count) {}

    /// What a process waits for.
    ///
    /// @param what such as `lock`, `condition`, `permits`
    /// @param owner slot of the process; 0 if the object does not tell
    /// @param thread id of the thread in it; 0 if the object does not tell
    /// @param count how many threads
    public record Wait(String what, int owner, long thread, long count) {}

    /// A number of an object.
    ///
    /// @param name such as `acquisitions`
    /// @param value now
    /// @param grows whether it only grows, so that two looks make a rate
    public record Counter(String name, long value, boolean grows) {}
}

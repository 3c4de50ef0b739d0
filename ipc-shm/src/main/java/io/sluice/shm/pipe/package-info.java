/// Two-way and one-way connections between two processes.
///
/// Start at [io.sluice.shm.pipe.SharedPipe]; its two ends are [io.sluice.shm.pipe.Connection]s. A pipe is one ring for
/// each direction, with one producer and one consumer.
///
/// Promised: what was sent can be received, in order, also if the sender has closed or died since; then comes the end,
/// which says whether the sender closed or died. Not promised: that a sent message is received.
package io.sluice.shm.pipe;

/// Two-way and one-way connections between two processes.
///
/// Start at [io.sluice.shm.pipe.SharedPipe]; its two ends are [io.sluice.shm.pipe.Connection]s. A pipe is one ring for
/// each direction, with one producer and one consumer.
///
/// Promised: what was sent arrives, in order, also if the sender has closed or died since; then comes the end, and it
/// says which of the two happened. Not promised: that what was sent was read.
package io.sluice.shm.pipe;

/// Queues of objects between processes.
///
/// Start at [io.sluice.shm.queue.SharedQueue], which is a `BlockingQueue`;
/// [io.sluice.shm.queue.SharedTaskQueue] adds acknowledgement and `join`. Both are one ring of many producers and many
/// consumers with one slot per element, and a codec.
///
/// Promised: each element arrives once and in order, also if processes die in between. Not promised: the element that a
/// consumer was just about to return when it died; a task queue keeps that too. An element that kills its takers again
/// and again goes to a queue of dead letters, if the takers set [io.sluice.shm.queue.SharedTaskQueue#maxDeliveries].
package io.sluice.shm.queue;

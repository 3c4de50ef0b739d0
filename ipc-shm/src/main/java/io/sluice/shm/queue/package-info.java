/// Queues of objects between processes.
///
/// Start at [io.sluice.shm.queue.SharedQueue], which is a `BlockingQueue`;
/// [io.sluice.shm.queue.SharedTaskQueue] adds acknowledgement and `join`. Both are one ring of many producers and many
/// consumers with one slot per element, and a codec.
///
/// Promised: what was put arrives, once, in order, whoever dies in between. Not promised: the element that a consumer
/// was just about to return when it died; a task queue keeps that too. What kills its takers again and again goes to a
/// queue of dead letters, if the takers say so.
package io.sluice.shm.queue;

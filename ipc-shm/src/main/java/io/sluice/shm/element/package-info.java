/// Shared by the handles of queues and pipes: scratch memory for codecs, and the rule for an element that could not be
/// read.
///
/// Start at [io.sluice.shm.element.Scratches] and [io.sluice.shm.element.Shortage]. Not exported.
package io.sluice.shm.element;

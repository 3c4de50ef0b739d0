/// What the handles of queues and pipes share: scratch memory for codecs, and what becomes of an element that could not
/// be read.
///
/// Start at [io.sluice.shm.element.Scratches] and [io.sluice.shm.element.Shortage]. Not exported.
package io.sluice.shm.element;

/// Rings of slots in shared memory: one slot format, one recovery, for every number of producers and consumers.
///
/// A message takes one or more adjacent slots. The first word of a slot says which turn of the ring it belongs to, what
/// it is, for how many slots, and by which owner; so a death at any instruction leaves a word that names the dead and
/// the extent of what it held. Start at [io.sluice.core.ring.RingProducer] and [io.sluice.core.ring.RingConsumer]; a
/// `SharedRing` makes both. In the sources, the essay of `Ring` has the states and the proof; offsets live in
/// `RingLayout`, the word in `SlotWord`, nowhere else.
///
/// Promised: a committed message is read once, in order of the claims, even if its producer has died since; a message
/// whose reader died before its handler returned is offered again; an owner that is only slow keeps what it holds.
/// Not promised: a message that was not committed when its producer died.
package io.sluice.core.ring;

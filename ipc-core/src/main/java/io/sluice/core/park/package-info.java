/// How a waiter waits: it spins, it yields, then it sleeps in the kernel, in slices.
///
/// Start at [io.sluice.core.park.Waiter], which knows the whole loop; [io.sluice.core.park.EventCount] is the word it
/// sleeps on, [io.sluice.core.idle.WaitStrategy] says how long it spins first, and [io.sluice.core.park.Parking] is
/// the port to the kernel. `Sweeper` is the one thread of the process that watches for all long sleepers.
///
/// Promised: a signaller makes a system call only if a waiter sleeps; an interrupt, a deadline and another process's
/// death are noticed within some 20 ms. Not promised: that a waiter wakes for a reason; it looks again at what it
/// waits for.
package io.sluice.core.park;

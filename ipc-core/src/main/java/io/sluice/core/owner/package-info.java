/// Who holds things, and who is still alive.
///
/// An owner is a process, named by a small number that stands in every word that can be held. Start at
/// [io.sluice.core.owner.Liveness], the port through which an algorithm learns of a death. Promised: death is the
/// kernel's word; a stopped process is alive.
package io.sluice.core.owner;

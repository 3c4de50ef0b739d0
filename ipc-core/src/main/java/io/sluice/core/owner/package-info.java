/// The owners of shared objects, and whether they are alive.
///
/// An owner is a process, named by a small number that stands in every word that can be held. Start at
/// [io.sluice.core.owner.Liveness], the port through which an algorithm learns of a death. Promised: the
/// kernel decides whether a process is dead; a stopped process is alive.
package io.sluice.core.owner;

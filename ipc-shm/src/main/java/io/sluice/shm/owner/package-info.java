/// Who is in a space, and who of them is alive.
///
/// A process takes one slot of the [Registry] when it enters a space, and holds a lock of the kernel on that slot's
/// byte for as long as it lives. Its token, slot and generation, stands in the participants table of each object that
/// it has open ([Participants]), its slot in every word that it holds, and it holds the lock of its place on the file
/// of each object. [ObjectLiveness] looks through one table for dead ones.
///
/// ```
///   .alive      byte of a slot     held by its process while it lives          tells who is dead, quickly
///   .registry   life of a slot     free -> taken -> free -> taken ...          gives slots out
///   an object   table entry        token of the process that has it open       names who may have left something
///               byte of a slot     held by that process, or by its cleaner     lets exactly one act in its place
/// ```
///
/// **Recovery is impersonation, object by object**: a cleaner takes the dead one's place in one object, so that its own
/// death is the same case again there, and a stop holds up that object alone. A slot goes to another process only when
/// no object names its old life.
///
/// Promised: a process that is called dead will never again write; a stopped process is not called dead; no process is
/// robbed, even if `.alive` or `.registry` is removed under it.
package io.sluice.shm.owner;

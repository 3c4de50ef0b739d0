/// The processes in a space, and which of them are alive.
///
/// A process takes one slot of the [Registry] when it enters a space, and holds a lock of the kernel on that slot's
/// byte for as long as it lives. Its token, slot and generation, stands in the participants table of each object that
/// it has open ([Participants]), its slot in every word that it holds, and it holds the lock of its place on the file
/// of each object. [ObjectLiveness] searches one table for dead processes.
///
/// ```
///   .alive      byte of a slot     held by its process while it lives          tells quickly which processes are dead
///   .registry   life of a slot     free -> taken -> free -> taken ...          gives slots out
///   an object   table entry        token of the process that has it open       names whose recovery may be needed
///               byte of a slot     held by that process, or by its cleaner     lets exactly one act for it
/// ```
///
/// **Recovery is impersonation, object by object**: a cleaner takes the dead process's place in one object, so that
/// its own death is the same case again there, and a stopped cleaner delays that object alone. A slot goes to another
/// process only when no object names its old life.
///
/// Promised: a process that is reported dead never writes again; a stopped process is not reported dead; no process
/// loses what it holds, even if `.alive` or `.registry` is removed while it is in the space.
package io.sluice.shm.owner;

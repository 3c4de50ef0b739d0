/// Who is in a space, and who of them is alive.
///
/// A process takes one slot of the [Registry] when it enters a space, and holds a lock of the kernel on that slot's
/// byte for as long as it lives. Its token, slot and generation, stands in the participants table of each
/// object that it has open ([Participants]) and its slot in every word that it holds. [ObjectLiveness] looks through
/// one table for dead ones.
///
/// Promised: whoever is called dead will never again write; a stopped process is not called dead. A slot goes to
/// another process only when nothing in the space names the old one. **Recovery is impersonation**: the cleaner holds
/// the dead one's byte, so that its own death is the same case again.
package io.sluice.shm.owner;

/// Windows over memory with the interfaces of Agrona's buffers.
///
/// [MemoryBuffer] is a window over an address range with one bounds check per access and the interface of Agrona's
/// `AtomicBuffer`, so that flyweights and handlers written for Agrona work on a message in place;
/// [ExpandableMemoryBuffer] is scratch memory with the same interface that grows. Start at [MemoryBuffer].
///
/// Promised: no JVM flag but `--enable-native-access`, no `Unsafe`, no allocation per access. Not promised: that the
/// memory under an address still exists; the supplier of an address states its lifetime.
package io.sluice.core.buffer;

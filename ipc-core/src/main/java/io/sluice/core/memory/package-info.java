/// The one way to read and write shared memory.
///
/// [Memory] reads and writes words by absolute address and checks nothing. [MemoryBuffer] is a window over an address
/// range with one bounds check per access and the interface of Agrona's `AtomicBuffer`, so that flyweights and
/// handlers written for Agrona work on a message in place; [ExpandableMemoryBuffer] is scratch memory with the same
/// interface that grows. Start at [MemoryBuffer]. [MemoryFault] names the file that lost the memory of an access.
///
/// Promised: no JVM flag but `--enable-native-access`, no `Unsafe`, no allocation per access. Not promised: that the
/// memory under an address still exists; the source of an address defines how long it is valid.
package io.sluice.core.memory;

/// The one way to read and write shared memory.
///
/// [Memory] reads and writes words by absolute address and checks nothing; the windows of [io.sluice.core.buffer] check
/// bounds. [MemoryFault] names the file that lost the memory of an access.
///
/// Promised: no JVM flag but `--enable-native-access`, no `Unsafe`, no allocation per access. Not promised: that the
/// memory under an address still exists; the source of an address defines how long it is valid.
package io.sluice.core.memory;

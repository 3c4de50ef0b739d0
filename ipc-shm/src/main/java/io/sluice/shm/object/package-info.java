/// Named directories of shared objects: what `SharedSpace` and every kind of object stand on.
///
/// Start at [Space]: one for each directory and process. It makes, finds, lists and removes objects without knowing
/// what is in them; a [SharedObject] is one of them, mapped here. What differs between kinds is one line in [Kind].
///
/// Promised: an object appears whole or not at all; an object that differs from the caller's specification is refused,
/// with all differences; the first process that notices a death gives back what the dead process held; a space that
/// holds nothing but temporary objects is removed with its last process.
package io.sluice.shm.object;

/// Named directories of shared objects: what `SharedSpace` and every kind of object stand on.
///
/// Start at [Space]: one for each directory and process. It makes, finds, lists and removes objects without knowing
/// what is in them; a [SharedObject] is one of them, mapped here. What differs between kinds is one line in [Kind].
///
/// Promised: an object appears whole or not at all; what differs from the caller's wish is said; what a dead process
/// held is given back by whoever notices; a space that holds nothing but temporary objects goes with its last process.
package io.sluice.shm.object;

/// What can go wrong with named objects, one type for each thing a caller can do about it: subtypes of
/// [io.sluice.core.error.SluiceException]. What holds for every object stands in [io.sluice.core.error].
///
/// Expected outcomes (full, empty, timed out) are results, not exceptions. What survivors of a dead process are told is
/// described with the objects they use.
package io.sluice.shm.error;

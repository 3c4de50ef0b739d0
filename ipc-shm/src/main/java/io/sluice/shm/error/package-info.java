/// What can go wrong, one type for each thing a caller can do about it. Start at [SluiceException].
///
/// Expected outcomes (full, empty, timed out) are results, not exceptions. What survivors of a dead process are told is
/// described with the objects they use.
package io.sluice.shm.error;

/// The exceptions of named objects, one type for each remedy that a caller has: subtypes of
/// [io.sluice.core.error.SluiceException]. Exceptions of all objects are in [io.sluice.core.error].
///
/// Expected outcomes (full, empty, timed out) are results, not exceptions. The types of the objects document how the
/// survivors of a dead process learn of its death.
package io.sluice.shm.error;

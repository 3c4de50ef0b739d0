/// Start here: [SharedSpace] is the door to all shared objects, one factory method for each kind. [SpaceRoot] looks at
/// spaces from outside.
///
/// The kinds have packages of their own, such as [io.sluice.shm.queue] and [io.sluice.shm.lock]. What all handles have
/// in common, and what a look at a space shows, is in [io.sluice.shm.space].
package io.sluice.shm;

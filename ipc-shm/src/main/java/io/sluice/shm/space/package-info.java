/// What users say and read of a space and its objects: its options, how a name is opened, what is in it.
///
/// `SharedSpace` opens a space; [ObjectHandle] is what its factory methods return, and [SpaceInfo] what a look from
/// outside shows.
package io.sluice.shm.space;

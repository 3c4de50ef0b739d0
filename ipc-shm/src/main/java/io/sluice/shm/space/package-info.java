/// The options and descriptions of a space and its objects: how a space is made, how a name is opened, what is in it.
///
/// `SharedSpace` opens a space; its factory methods return an [ObjectHandle], and [SpaceInfo] describes a space from
/// outside.
package io.sluice.shm.space;

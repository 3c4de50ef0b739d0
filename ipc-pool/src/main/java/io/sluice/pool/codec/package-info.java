/// How tasks, their arguments, results and failures become bytes between two processes of one user on one host.
///
/// Start at [io.sluice.pool.codec.Values]: one value, a tag and what belongs to it, in native byte order. `Lambdas`
/// and `LambdaForm` send a lambda as the names of its method and what it captures; `ObjectStreams` sends what has no
/// tag of its own by Java serialization, behind a `ClassPolicy`. [io.sluice.pool.codec.Batch] packs many values,
/// [io.sluice.pool.codec.Failures] packs exceptions. `Captures` and `ObjectGraph` find who is to blame when a value
/// does not travel; nothing calls them while all is well.
///
/// Promised: decoding arbitrary bytes ends with a value or a `CodecException`, and what was not decoded cannot make the
/// reader allocate far more than the message is long. Not promised: that a value reads as the same object twice, or
/// that the bytes mean anything to another release.
package io.sluice.pool.codec;

/// How tasks, their arguments, results and failures become bytes between two processes of one user on one host.
///
/// Start at [io.sluice.pool.codec.Values]: one value, as a tag and its content, in native byte order. `Lambdas` and
/// `LambdaForm` send a lambda as the names of its method and its captured values; `ListForm` sends lists of numbers and
/// strings; `ObjectStreams` sends values without a tag of their own by Java serialization, behind a `ClassPolicy`. [io.sluice.pool.codec.Batch] packs many values,
/// [io.sluice.pool.codec.Failures] packs exceptions. `Captures` and `ObjectGraph` find the part that prevents a value
/// from travelling; they are used only then.
///
/// Promised: decoding arbitrary bytes ends with a value or a `CodecException`, and malformed bytes cannot make the
/// reader allocate far more than the length of the message. Not promised: that a value decodes to the same object
/// twice, or that another release can read the bytes.
package io.sluice.pool.codec;

/// The conversion of objects to bytes and back.
///
/// Start at [Codec], whose factories choose the format. A type is read once, by reflection, into a tree of formats:
/// `FormatPlanner` finds the format of a type, each `Format` knows the bytes of one kind of value, and `FormatCodec` is
/// the codec around a tree. `SerializableCodec` is the alternative: Java serialization behind a `ClassAllowList`.
///
/// Values are little-endian and unaligned. A primitive is its bytes. A reference inside something else is a byte, 1 or
/// 0 for `null`, and then its bytes; a record is its components in order; a string, an array or a collection is a
/// length in 4 bytes and its elements; an enum is its ordinal and a member of a sealed interface its index in the
/// list, each in 2 bytes. A string or an array of bytes that is the whole message has no length: the message has.
///
/// Promised: [Codec#identity] differs whenever the bytes could; decoding arbitrary bytes ends with a value or a
/// [CodecException] and cannot make the reader allocate far more than the message is long. Not promised: that records
/// which gain a component stay readable; they have another identity, and their readers are refused.
package io.sluice.core.codec;

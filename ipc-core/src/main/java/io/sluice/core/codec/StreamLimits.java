package io.sluice.core.codec;

import java.io.Serializable;

/// The limits of what [Codec#serializable(Class, StreamLimits, String...)] reads.
///
/// The limits bound the memory that a forged stream can take. They do not bound the time that `hashCode` of allowed
/// classes takes in forged nested collections. Only depth limits that, so raise it for trusted writers only. The reader
/// applies its own limits; only the number of bytes limits a writer.
///
/// @param depth levels of nesting
/// @param references objects, and mentions of objects, in a value: about as many as it has elements
/// @param arrayLength elements of one array
/// @param bytes length of the stream
public record StreamLimits(int depth, int references, int arrayLength, int bytes) implements Serializable {
    private static final StreamLimits DEFAULTS = new StreamLimits(20, 100_000, 1_000_000, 64 << 20);

    /// Checks the limits.
    ///
    /// @throws IllegalArgumentException if one is not positive
    public StreamLimits {
        if (depth < 1 || references < 1 || arrayLength < 1 || bytes < 1) {
            throw new IllegalArgumentException("limits: depth " + depth + ", references " + references
                + ", arrayLength " + arrayLength + " and bytes " + bytes + " must be positive");
        }
    }

    /// A depth of 20, 100,000 references, arrays of 1,000,000 elements, 64 MiB.
    ///
    /// @return the limits
    public static StreamLimits defaults() {
        return DEFAULTS;
    }

    /// The same with another depth.
    ///
    /// @param most levels of nesting
    /// @return the limits
    public StreamLimits withDepth(int most) {
        return new StreamLimits(most, references, arrayLength, bytes);
    }

    /// The same with another number of references.
    ///
    /// @param most objects, and mentions of objects
    /// @return the limits
    public StreamLimits withReferences(int most) {
        return new StreamLimits(depth, most, arrayLength, bytes);
    }

    /// The same for other arrays.
    ///
    /// @param most elements of one array
    /// @return the limits
    public StreamLimits withArrayLength(int most) {
        return new StreamLimits(depth, references, most, bytes);
    }

    /// The same with another length.
    ///
    /// @param most bytes of the stream
    /// @return the limits
    public StreamLimits withBytes(int most) {
        return new StreamLimits(depth, references, arrayLength, most);
    }

    /// A wider limit, which a value beyond the given one is likely to fit.
    static int wider(int limit) {
        return (int) Math.min(Integer.MAX_VALUE, 10L * limit);
    }

    /// The call that makes these limits.
    String call() {
        var call = new StringBuilder("StreamLimits.defaults()");
        append(call, "withDepth", depth, DEFAULTS.depth);
        append(call, "withReferences", references, DEFAULTS.references);
        append(call, "withArrayLength", arrayLength, DEFAULTS.arrayLength);
        append(call, "withBytes", bytes, DEFAULTS.bytes);
        return call.toString();
    }

    private static void append(StringBuilder call, String method, int value, int usual) {
        if (value != usual) {
            call.append('.').append(method).append('(').append(value).append(')');
        }
    }
}

package io.sluice.core.codec;

import java.io.ObjectInputFilter;

/// The limits of a stream and its allow-list, for one decoding; remembers why it refused.
final class StreamFilter implements ObjectInputFilter {
    /// A hash table of the JDK allocates fewer than three places per element, and an element has at least one byte.
    private static final long PLACES_PER_BYTE = 4;

    private final SerializableCodec<?> codec;
    private final ClassAllowList allowed;
    private final StreamLimits limits;
    private final int length;
    private String refusal;

    StreamFilter(SerializableCodec<?> codec, ClassAllowList allowed, StreamLimits limits, int length) {
        this.codec = codec;
        this.allowed = allowed;
        this.limits = limits;
        this.length = length;
    }

    /// The reason why the stream was refused, or `null`.
    String refusal() {
        return refusal;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        Class<?> type = info.serialClass();
        if (type != null && !allowed.allows(type)) {
            return refuse(codec.refusal(type));
        }
        if (info.arrayLength() > PLACES_PER_BYTE * length) {
            return refuse("expected arrays no longer than the message of " + length + " bytes allows, found "
                + info.arrayLength());
        }
        if (info.arrayLength() > limits.arrayLength()) {
            return refuse(codec.excess(limits.arrayLength() + " elements of an array",
                limits.withArrayLength((int) info.arrayLength())));
        }
        if (info.depth() > limits.depth()) {
            return refuse(codec.excess(limits.depth() + " levels of nesting",
                limits.withDepth(StreamLimits.wider(limits.depth()))));
        }
        if (info.references() > limits.references()) {
            return refuse(codec.excess(limits.references() + " references",
                limits.withReferences(StreamLimits.wider(limits.references()))));
        }
        if (info.streamBytes() > limits.bytes()) {
            return refuse(codec.excess(
                limits.bytes() + " bytes", limits.withBytes(StreamLimits.wider(limits.bytes()))));
        }
        return Status.ALLOWED;
    }

    private Status refuse(String why) {
        refusal = why;
        return Status.REJECTED;
    }
}

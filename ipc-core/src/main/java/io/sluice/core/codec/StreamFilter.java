package io.sluice.core.codec;

import java.io.ObjectInputFilter;

/// The limits of a stream and its allow-list, for one decoding; remembers why it refused.
final class StreamFilter implements ObjectInputFilter {
    static final int MAX_BYTES = 64 << 20;

    private static final int MAX_DEPTH = 20;
    private static final int MAX_REFERENCES = 100_000;
    private static final int MAX_ARRAY = 1_000_000;
    /// A hash table of the JDK asks for less than three places per element, and an element has at least a byte.
    private static final long PLACES_PER_BYTE = 4;

    private final ClassAllowList allowed;
    private final int length;
    private String refusal;

    StreamFilter(ClassAllowList allowed, int length) {
        this.allowed = allowed;
        this.length = length;
    }

    /// Why the stream was refused, or `null`.
    String refusal() {
        return refusal;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        Class<?> type = info.serialClass();
        if (type != null && !allowed.allows(type)) {
            return refuse(ClassAllowList.refusal(type));
        }
        if (info.arrayLength() > Math.min(MAX_ARRAY, PLACES_PER_BYTE * length)) {
            return refuse("expected arrays of at most " + MAX_ARRAY + " elements and no longer than the message of "
                + length + " bytes allows, found " + info.arrayLength());
        }
        if (info.depth() > MAX_DEPTH) {
            return refuse("expected at most " + MAX_DEPTH + " levels of nesting, found more");
        }
        if (info.references() > MAX_REFERENCES) {
            return refuse("expected at most " + MAX_REFERENCES + " references, found more");
        }
        if (info.streamBytes() > MAX_BYTES) {
            return refuse("expected at most " + MAX_BYTES + " bytes, found more");
        }
        return Status.ALLOWED;
    }

    private Status refuse(String why) {
        refusal = why;
        return Status.REJECTED;
    }
}

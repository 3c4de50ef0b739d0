package io.sluice.shm.element;

import io.sluice.core.codec.Codec;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Ints, by a codec that throws what a test sets: in `encode` always, in `decode` for one value.
public record Faulty() implements Codec<Integer> {
    private static final long serialVersionUID = 1L;

    /// What `encode` does before it returns; returns the length to claim. For codecs of this process.
    public static volatile Step encoding;
    /// What `decode` does with a value.
    public static volatile Step decoding;

    /// An action of a test inside a codec.
    public interface Step {
        /// Runs the action.
        ///
        /// @param value the element
        /// @return the result of the codec
        /// @throws Throwable any exception or error
        int on(int value) throws Throwable;
    }

    /// A step that fails for one value.
    ///
    /// @param bad the value
    /// @param failure what is thrown for it
    /// @return the step
    public static Step failingFor(int bad, Throwable failure) {
        return value -> {
            if (value == bad) {
                throw failure;
            }
            return value;
        };
    }

    /// Makes the codec behave.
    public static void reset() {
        encoding = null;
        decoding = null;
    }

    @Override
    public int encode(Integer value, MutableDirectBuffer buffer, int offset) {
        buffer.putInt(offset, value);
        return run(encoding, value, Integer.BYTES);
    }

    @Override
    public Integer decode(DirectBuffer buffer, int offset, int length) {
        int value = buffer.getInt(offset);
        int result = run(decoding, value, value);
        return result == value ? buffer.getInt(offset) : result;     // still the same bytes?
    }

    private static int run(Step step, int value, int otherwise) {
        if (step == null) {
            return otherwise;
        }
        try {
            return step.on(value);
        } catch (Throwable thrown) {
            throw Faulty.<RuntimeException>unchecked(thrown);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Override
    public String identity() {
        return "faulty";
    }
}

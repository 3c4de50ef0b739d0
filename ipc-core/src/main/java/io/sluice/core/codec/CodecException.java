package io.sluice.core.codec;

/// A value that cannot be encoded, or bytes that are not an encoding; the message begins with the path to the field:
/// `Order.legs[2].price: ...`.
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String detail;
    private String path = "";

    /// Creates an exception for the value as a whole.
    ///
    /// @param detail what was expected and what was found
    public CodecException(String detail) {
        this(detail, null);
    }

    /// Creates an exception for the value as a whole.
    ///
    /// @param detail what was expected and what was found
    /// @param cause the exception of the JDK, a buffer or the user's class; may be `null`
    public CodecException(String detail, Throwable cause) {
        super(detail, cause);
        this.detail = detail;
    }

    /// Puts one step in front of the path of a failure while it propagates, so that a successful call carries no path.
    static CodecException within(String step, Throwable failure) {
        CodecException e = switch (failure) {
            case CodecException codec -> codec;
            case Error error -> throw error;
            case IndexOutOfBoundsException bounds ->
                new CodecException("the value does not fit into the buffer: " + bounds.getMessage(), bounds);
            default -> new CodecException(failure.toString(), failure);
        };
        e.path = step + e.path;
        return e;
    }

    /// The place of the failure, from the type of the value down: `Order.legs[2].price`.
    ///
    /// @return the path; empty if unknown
    public String path() {
        return path;
    }

    /// The path and the failure there.
    ///
    /// @return the text
    @Override
    public String getMessage() {
        return path.isEmpty() ? detail : path + ": " + detail;
    }
}

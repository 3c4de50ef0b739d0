package io.sluice.core.ring;

/// Looks at a message that stays where it is.
@FunctionalInterface
public interface PeekVisitor {
    /// Looks at one message.
    ///
    /// @param type what its producer gave it
    /// @param payload absolute address of its first byte
    /// @param length in bytes
    /// @return whatever the method that calls it says
    int visit(int type, long payload, int length);
}

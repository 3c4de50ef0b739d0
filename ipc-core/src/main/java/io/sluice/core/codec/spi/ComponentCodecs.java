package io.sluice.core.codec.spi;

import io.sluice.core.codec.Codec;
import java.util.List;

/// A service that another module provides: codecs for types of its own that may be components of records.
///
/// - **Threads:** any.
public interface ComponentCodecs {
    /// The codec of a type.
    ///
    /// @param type without its type arguments
    /// @param arguments its type arguments, where it is declared; empty if there are none
    /// @param <T> that type
    /// @return the codec, or null if this service does not know the type
    /// @throws IllegalArgumentException if it knows the type, and these arguments do not suffice; the message is
    ///     appended to the name of the type
    <T> Codec<T> codec(Class<T> type, List<Class<?>> arguments);
}

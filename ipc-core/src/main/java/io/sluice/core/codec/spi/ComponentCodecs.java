package io.sluice.core.codec.spi;

import io.sluice.core.codec.Codec;
import java.util.List;

/// Codecs for types that records may have as components, and that another module knows: a service of that module.
///
/// - **Threads:** any.
public interface ComponentCodecs {
    /// The codec of a type.
    ///
    /// @param type without its type arguments
    /// @param arguments its type arguments, where it is declared; empty if there are none
    /// @param <T> that type
    /// @return the codec, or null if this service does not know the type
    /// @throws IllegalArgumentException if it knows the type, and these arguments do not suffice; the message follows
    ///     the name of the type
    <T> Codec<T> codec(Class<T> type, List<Class<?>> arguments);
}

package io.sluice.pool.codec;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import java.io.Serial;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// The codec of connections that were opened without one, and of a manager's queues: any value that travels in tasks of
/// a pool, by the same rules.
public final class ValuesCodec implements Codec<Object> {
    @Serial
    private static final long serialVersionUID = 1L;

    /// The call that allows another class, for messages.
    public static final String HOW_TO_ALLOW = "ConnectionOptions.defaults().withAllowed";

    private final String[] allowed;
    private final transient Values values;

    /// A codec.
    ///
    /// @param allowed patterns of the classes that may travel besides the usual ones
    public ValuesCodec(List<String> allowed) {
        this.allowed = allowed.toArray(String[]::new);
        this.values = new Values(allowed, HOW_TO_ALLOW);
    }

    @Override
    public int encode(Object value, MutableDirectBuffer buffer, int offset) {
        return values.encode(value, buffer, offset);
    }

    @Override
    public Object decode(DirectBuffer buffer, int offset, int length) {
        Object value = values.decode(buffer, offset, length);
        if (value == null) {
            throw new CodecException("expected an object, found null, which this library does not send");
        }
        return value;
    }

    @Override
    public String identity() {
        return "sluice values 2, " + ByteOrder.nativeOrder();
    }

    @Serial
    private Object readResolve() {
        return new ValuesCodec(List.of(allowed));
    }
}

package io.sluice.pool.manager;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.codec.Values;
import java.io.Serial;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// The codec of a manager's shared queues: any value that travels in a call.
final class ElementCodec implements Codec<Object> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String[] allowed;
    private final transient Values values;

    ElementCodec(List<String> allowed) {
        this.allowed = allowed.toArray(String[]::new);
        this.values = new Values(allowed, "ConnectionOptions.defaults().withAllowed");
    }

    @Override
    public int encode(Object value, MutableDirectBuffer buffer, int offset) {
        return values.encode(value, buffer, offset);
    }

    @Override
    public Object decode(DirectBuffer buffer, int offset, int length) {
        Object value = values.decode(buffer, offset, length);
        if (value == null) {
            throw new CodecException("expected an object, found null, which no queue has");
        }
        return value;
    }

    @Override
    public String identity() {
        return "sluice values 1, " + ByteOrder.nativeOrder();
    }

    @Serial
    private Object readResolve() {
        return new ElementCodec(List.of(allowed));
    }
}

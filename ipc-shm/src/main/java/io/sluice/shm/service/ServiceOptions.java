package io.sluice.shm.service;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.sync.CallCells;
import io.sluice.shm.body.ServiceBody;

/// How a service is made; the same for all processes.
///
/// @param capacity how many calls can be open at once, over all clients, 1 to 65,536; further calls wait
/// @param requestBytes longest request in the ring, to 2^20 less 24; longer ones take a detour through a file each. 0
///     is as large as the codec suggests
/// @param answerBytes longest answer in the cell of its call, to 2^20; longer ones take a detour through a file each. 0
///     is as large as the codec suggests
/// @param retries to how many more servers a request goes whose server died. 0 if requests are not idempotent: such a
///     call fails with a [ServerDiedException]
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public record ServiceOptions(int capacity, int requestBytes, int answerBytes, int retries) {
    private static final int USUAL_CAPACITY = 256;
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_SUGGESTED_BYTES = 4096;
    /// What a request has beside its bytes: the words of its slot, and its ticket.
    static final int REQUEST_HEADER = RingOptions.HEADER_BYTES + Long.BYTES;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public ServiceOptions {
        if (capacity < 1 || capacity > CallCells.MOST_CELLS) {
            throw new IllegalArgumentException("service: capacity of %,d open calls is not between 1 and %,d".formatted(
                    capacity, CallCells.MOST_CELLS));
        }
        check("requests", requestBytes, MAX_BYTES - REQUEST_HEADER);
        check("answers", answerBytes, MAX_BYTES);
        if (retries < 0) {
            throw new IllegalArgumentException("service: %,d retries; a number is not negative".formatted(retries));
        }
    }

    private static void check(String what, int bytes, int most) {
        if (bytes < 0 || bytes > most) {
            throw new IllegalArgumentException("service: %s of %,d bytes are not between 0 and %,d; longer ones travel"
                    .formatted(what, bytes, most) + " through files by themselves");
        }
    }

    /// 256 open calls, room as the codecs suggest, and no retries.
    ///
    /// @return the options
    public static ServiceOptions defaults() {
        return new ServiceOptions(USUAL_CAPACITY, 0, 0, 0);
    }

    /// The same with another capacity.
    ///
    /// @param calls how many can be open at once
    /// @return the options
    public ServiceOptions withCapacity(int calls) {
        return new ServiceOptions(calls, requestBytes, answerBytes, retries);
    }

    /// The same with other room for requests.
    ///
    /// @param bytes longest request in the ring; 0 for what the codec suggests
    /// @return the options
    public ServiceOptions withRequestBytes(int bytes) {
        return new ServiceOptions(capacity, bytes, answerBytes, retries);
    }

    /// The same with other room for answers.
    ///
    /// @param bytes longest answer in the cell of its call; 0 for what the codec suggests
    /// @return the options
    public ServiceOptions withAnswerBytes(int bytes) {
        return new ServiceOptions(capacity, requestBytes, bytes, retries);
    }

    /// The same for idempotent requests: it does no harm if a server executes one that another server has executed in
    /// part, or as a whole, before it died.
    ///
    /// @param servers to how many more servers such a request goes before its call fails
    /// @return the options
    public ServiceOptions withRetries(int servers) {
        return new ServiceOptions(capacity, requestBytes, answerBytes, servers);
    }

    /// The shape of a service with such requests and answers.
    ///
    /// @param requests their codec
    /// @param answers their codec
    /// @return its numbers
    /// @hidden
    public ServiceBody body(Codec<?> requests, Codec<?> answers) {
        int slot = REQUEST_HEADER + (requestBytes == 0 ? suggested(requests) : requestBytes);
        int slotBytes = Math.max(RingOptions.MIN_SLOT_BYTES, Integer.highestOneBit(slot - 1) << 1);
        return new ServiceBody(capacity, slotBytes,
                CallCells.filled(answerBytes == 0 ? suggested(answers) : answerBytes), retries);
    }

    private static int suggested(Codec<?> codec) {
        int bytes = codec.maxBytes() == Codec.UNBOUNDED ? codec.typicalBytes() : codec.maxBytes();
        return Math.min(bytes, MAX_SUGGESTED_BYTES - REQUEST_HEADER);
    }
}

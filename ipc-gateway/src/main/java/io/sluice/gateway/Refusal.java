package io.sluice.gateway;

import io.aeron.ExclusivePublication;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import java.util.concurrent.TimeUnit;

/// Why a receiving end does not serve a sending one. That one must learn of it, so the refusal goes out for a while
/// before this end ends.
final class Refusal {
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long incarnation;
    private final String reason;
    private long since;
    private boolean told;            // whether it has gone out

    /// A refusal.
    ///
    /// @param incarnation of the sending end
    /// @param reason for its user, and for that of this end
    /// @param now the time
    Refusal(long incarnation, String reason, long now) {
        this.incarnation = incarnation;
        this.reason = reason;
        this.since = now;
    }

    /// Sends it once more.
    ///
    /// @param flow name of this end, for the exception
    /// @throws GatewayException once it was out long enough, or could not go out for long
    void send(ExclusivePublication statuses, ExpandableMemoryBuffer frame, long now, String flow) {
        boolean offered = statuses.offer(frame, 0, Wire.putRefusal(frame, incarnation, reason)) > 0;
        if (offered && !told) {
            told = true;
            since = now;
        }
        if (now - since >= (told ? LINGER_NANOS : TIMEOUT_NANOS)) {
            throw new GatewayException("%s: refused the other end: %s".formatted(flow, reason));
        }
    }
}

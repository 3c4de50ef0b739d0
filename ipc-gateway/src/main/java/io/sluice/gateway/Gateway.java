package io.sluice.gateway;

import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.RegistrationException;
import io.sluice.core.owner.Closing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;

/// The one thread of a gateway: it turns the media driver, the client and the flows, until they are over or a signal
/// ends the process. If the driver is gone, it waits for one and goes on.
final class Gateway implements AutoCloseable {
    private static final long COUNTERS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long RETRY_MILLIS = 200;

    private final List<Flow> flows = new ArrayList<>();
    private final Supplier<Media> driver;
    private final BooleanSupplier driverIsThere;
    private final IdleStrategy idle;
    private final Report report;
    private final long reportNanos;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopping;
    private Media media;
    private boolean closed;

    /// A gateway without flows.
    ///
    /// @param driver connects to a media driver, or starts one
    /// @param driverIsThere whether that can succeed now
    /// @param idle what to do if there is nothing to do
    /// @param report tells the user
    /// @param reportNanos how often a line with the counters is printed; 0 for never
    Gateway(Supplier<Media> driver, BooleanSupplier driverIsThere, IdleStrategy idle, Report report,
            long reportNanos) {
        this.driver = driver;
        this.driverIsThere = driverIsThere;
        this.idle = idle;
        this.report = report;
        this.reportNanos = reportNanos;
    }

    void add(Flow flow) {
        flows.add(flow);
    }

    /// Works until all flows are over, or [#stop].
    ///
    /// @throws GatewayException if it cannot go on
    void run() throws InterruptedException {
        try {
            connect();
            while (!stopping && !isOver()) {
                try {
                    turn();
                } catch (AeronException | MediaLostException lost) {
                    reconnect(lost);
                }
            }
            flows.forEach(Flow::publishCounters);
        } finally {
            close();
            ended.countDown();
        }
    }

    /// Ends [#run] soon, and waits for its end: for a thread that a signal has started.
    void stop() {
        stopping = true;
        try {
            boolean _ = ended.await(RETRY_MILLIS * 10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void connect() {
        media = driver.get();
        try {
            flows.forEach(flow -> flow.attach(media.aeron()));
        } catch (RegistrationException refused) {
            throw new GatewayException(("the media driver refuses a channel: %s; two gateways cannot listen at one"
                    + " address, unless they share a driver (--aeron-dir)").formatted(refused.getMessage()), refused);
        }
    }

    private void turn() {
        long start = System.nanoTime();
        long reported = start;
        long counted = start;
        while (!stopping && !isOver()) {
            long now = System.nanoTime();
            if (now - counted >= COUNTERS_NANOS) {
                counted = now;
                flows.forEach(Flow::publishCounters);
            }
            if (reportNanos != 0 && now - reported >= reportNanos) {
                double seconds = (now - reported) / 1e9;
                reported = now;
                flows.forEach(flow -> report.line(flow.report(seconds)));
            }
            idle.idle(work(now));
        }
    }

    private int work(long now) {
        int work = media.work();
        for (int i = 0; i < flows.size(); i++) {
            work += flows.get(i).work(now);
        }
        return work;
    }

    private boolean isOver() {
        for (int i = 0; i < flows.size(); i++) {
            if (!flows.get(i).isOver()) {
                return false;
            }
        }
        return true;
    }

    private void reconnect(RuntimeException lost) throws InterruptedException {
        report.line("the media driver is gone (%s); waiting for it".formatted(lost.getMessage()));
        CloseHelper.quietClose(media);
        String told = "";
        while (!stopping) {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            if (driverIsThere.getAsBoolean()) {
                try {
                    connect();
                    report.line("connected to a media driver again");
                    return;
                } catch (AeronException | MediaLostException | GatewayException notYet) {
                    CloseHelper.quietClose(media);       // a new driver may be gone again, or still hold the old ports
                    String reason = String.valueOf(notYet.getMessage());
                    if (!reason.equals(told)) {
                        told = reason;
                        report.line("not connected yet (%s); trying again".formatted(reason));
                    }
                }
            }
        }
    }

    /// Ends the flows and the client; a second call does nothing. A failure is told to the user and hides no other.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Closing closing = new Closing();
        flows.forEach(closing::then);
        try {
            closing.end();
        } catch (RuntimeException failure) {
            report.failure("the end of the gateway: " + failure.getMessage());
        } finally {
            CloseHelper.quietClose(media);
        }
    }
}

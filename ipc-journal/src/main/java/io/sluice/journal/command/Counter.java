package io.sluice.journal.command;

import io.sluice.cli.Terminal;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The progress of long work on standard error: one line that is refreshed, on a terminal only.
final class Counter implements AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Thread thread;
    private volatile boolean ended;

    /// @param text the line
    Counter(Supplier<String> text) {
        thread = Terminal.is(Terminal.ERROR) ? Thread.ofPlatform().daemon().start(() -> show(text)) : null;
    }

    private void show(Supplier<String> text) {
        while (!ended) {
            System.err.print(Terminal.ERASE_LINE + text.get());
            System.err.flush();
            try {
                TimeUnit.NANOSECONDS.sleep(INTERVAL_NANOS);
            } catch (InterruptedException over) {
                break;
            }
        }
        System.err.print(Terminal.ERASE_LINE);
        System.err.flush();
    }

    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    @Override
    public void close() {
        ended = true;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException again) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

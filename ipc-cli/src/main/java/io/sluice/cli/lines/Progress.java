package io.sluice.cli.lines;

import io.sluice.cli.Sizes;
import io.sluice.cli.Terminal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Shows the progress of a transfer on standard error: one refreshed line on a terminal, a new line each time
/// elsewhere.
final class Progress {
    static final long UNKNOWN = -1;

    private static final long TERMINAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PLAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
    private static final long NEWLINES = '\n' * EACH_BYTE;
    private static final long LOW_BITS = 0x7f * EACH_BYTE;

    private final String title;
    private final long totalBytes;
    private final boolean shown;
    private final boolean terminal;
    private long start;
    private long nextReport;
    private long bytes;
    private long lines;

    Progress(String title, long totalBytes, boolean shown, boolean terminal) {
        this.title = title;
        this.totalBytes = totalBytes;
        this.shown = shown;
        this.terminal = terminal;
    }

    /// Counts an element, and shows the progress at intervals. The clock starts with the first element.
    void add(byte[] element) {
        if (!shown) {
            return;
        }
        long now = System.nanoTime();
        if (bytes == 0) {
            start = now;
            nextReport = now + interval();
        }
        bytes += element.length;
        lines += newlines(element);
        if (now - nextReport >= 0) {
            nextReport = now + interval();
            show(now, terminal ? "" : "\n");
        }
    }

    private long interval() {
        return terminal ? TERMINAL_NANOS : PLAIN_NANOS;
    }

    /// Counts newlines, eight bytes at a time: exactly the bytes that are newlines have a clear highest bit after the
    /// addition.
    static int newlines(byte[] element) {
        int count = 0;
        int i = 0;
        for (; i <= element.length - Long.BYTES; i += Long.BYTES) {
            long differences = (long) LONGS.get(element, i) ^ NEWLINES;
            count += Long.bitCount(~((differences & LOW_BITS) + LOW_BITS | differences | LOW_BITS));
        }
        for (; i < element.length; i++) {
            count += element[i] == '\n' ? 1 : 0;
        }
        return count;
    }

    /// Shows the totals.
    void end() {
        if (shown) {
            show(System.nanoTime(), "\n");
        }
    }

    /// Clears the line for another message.
    void interrupt() {
        if (shown && terminal) {
            System.err.print(Terminal.ERASE_LINE);
        }
    }

    private void show(long now, String lineEnd) {
        double seconds = bytes == 0 ? 0 : (double) Math.max(1, now - start) / 1e9;
        double rate = seconds == 0 ? 0 : (double) bytes / seconds;
        String text = String.format(
                Locale.ROOT, "%s: %s, %,d lines, %s/s", title, size(), lines, Sizes.text(Math.round(rate)));
        if (totalBytes > bytes && rate > 0) {
            long left = Math.round((double) (totalBytes - bytes) / rate);
            text += String.format(Locale.ROOT, ", %d:%02d left", left / 60, left % 60);
        }
        System.err.print((terminal ? Terminal.ERASE_LINE : "") + text + lineEnd);
        System.err.flush();
    }

    private String size() {
        return totalBytes <= 0
                ? Sizes.text(bytes)
                : "%s of %s (%s %%)".formatted(
                        Sizes.text(bytes), Sizes.text(totalBytes), Math.min(100, bytes * 100 / totalBytes));
    }
}

package io.sluice.gateway;

import java.io.PrintStream;
import java.util.Locale;

/// What a gateway tells its user, line by line.
final class Report {
    private final PrintStream out;
    private final PrintStream err;

    /// A report to two streams.
    ///
    /// @param out for what happens
    /// @param err for why it ends
    Report(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    void line(String text) {
        out.println("sluice gateway: " + text);
        out.flush();
    }

    /// A line with numbers, in the same form everywhere.
    @SuppressWarnings("AnnotateFormatMethod")    // the annotation would be a dependency
    void line(String format, Object... values) {
        line(String.format(Locale.ROOT, format, values));
    }

    void failure(String text) {
        err.println("sluice: " + text);
    }

    void trace(Throwable failure) {
        failure.printStackTrace(err);
    }
}

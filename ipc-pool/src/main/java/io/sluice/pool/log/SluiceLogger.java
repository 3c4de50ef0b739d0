package io.sluice.pool.log;

import java.text.MessageFormat;
import java.util.MissingResourceException;
import java.util.ResourceBundle;

/// A logger of the JDK, looked up at its first use, whose messages can also go to standard error.
///
/// - **Threads:** any.
final class SluiceLogger implements System.Logger {
    private final String name;
    /// Looked up when first needed: that costs some forty classes.
    private volatile System.Logger target;

    SluiceLogger(String name) {
        this.name = name;
    }

    @Override
    public String getName() {
        return name;
    }

    private System.Logger target() {
        System.Logger found = target;
        if (found == null) {
            found = System.getLogger(name);      // twice for two threads at once: the same logger
            target = found;
        }
        return found;
    }

    @Override
    public boolean isLoggable(Level level) {
        return StandardError.prints(level) || target().isLoggable(level);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable failure) {
        if (StandardError.prints(level)) {
            StandardError.print(level, text(bundle, message), failure);
        }
        if (goesOn()) {
            target().log(level, bundle, message, failure);
        }
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
        if (StandardError.prints(level)) {
            StandardError.print(level, text(bundle, format, parameters), null);
        }
        if (goesOn()) {
            target().log(level, bundle, format, parameters);
        }
    }

    private static boolean goesOn() {
        return StandardError.threshold() == StandardError.OFF || !printsToo();
    }

    /// Logs what is on standard error already.
    void logPrinted(Level level, String message, Throwable failure) {
        if (!printsToo()) {
            target().log(level, message, failure);
        }
    }

    /// Whether the JDK's log would print a message on standard error once more: it does unless the application has a
    /// finder of loggers, or a configuration, of its own.
    private static boolean printsToo() {
        return System.LoggerFinder.getLoggerFinder().getClass().getClassLoader() == null
                && System.getProperty("java.util.logging.config.file") == null
                && System.getProperty("java.util.logging.config.class") == null;
    }

    /// The text as a logger of the JDK makes it.
    private static String text(ResourceBundle bundle, String message, Object... parameters) {
        String format = message;
        if (bundle != null && message != null) {
            try {
                format = bundle.getString(message);
            } catch (MissingResourceException | ClassCastException noSuchText) {
                format = message;
            }
        }
        if (format == null || parameters == null || parameters.length == 0) {
            return format;
        }
        try {
            return MessageFormat.format(format, parameters);
        } catch (IllegalArgumentException noFormat) {
            return format;
        }
    }
}

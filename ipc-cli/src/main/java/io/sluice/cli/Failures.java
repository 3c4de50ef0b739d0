package io.sluice.cli;

import io.sluice.core.error.SluiceException;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// The message of a failure on the command line: one line without a stack trace.
final class Failures {
    private Failures() {}

    static String text(Exception failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "%s: no such file".formatted(missing.getFile());
            case AccessDeniedException refused -> "%s: permission denied".formatted(refused.getFile());
            case UncheckedIOException refused -> refused.getMessage();
            case SluiceException known -> known.getMessage();
            case FileNotFoundException missing -> missing.getMessage();
            case IllegalArgumentException wrong -> wrong.getMessage();
            case InterruptedException interrupted -> "interrupted";
            case UnsupportedOperationException system -> system.getMessage();
            default -> "%s (--debug shows more)".formatted(failure);
        };
    }
}

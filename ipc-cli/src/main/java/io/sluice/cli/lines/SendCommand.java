package io.sluice.cli.lines;

import io.sluice.cli.SpaceOption;
import io.sluice.shm.SharedSpace;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Sends the lines of a file, or of standard input.
@Command(
        name = "send",
        description = "Send the lines of a file, or of standard input, to the receivers of NAME.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Waits while the queue is full. Several senders and receivers can share it.",
            "Example, in two shells:",
            "  sluice send lines big.txt",
            "  sluice receive lines > copy.txt",
        })
public final class SendCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the queue.")
    private String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE",
            description = "File to send (default, or '-': standard input).")
    private Path file;

    @Mixin
    private SpaceOption space;

    @Mixin
    private ProgressOption progress;

    private SendCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean standardInput = file == null || file.toString().equals("-");
        try (InputStream in = standardInput ? new FileInputStream(FileDescriptor.in) : open();
                SharedSpace opened = SharedSpace.open(space.name());
                Sending sending = new Sending(opened, name)) {
            long total = standardInput || !Files.isRegularFile(file) ? Progress.UNKNOWN : Files.size(file);
            Progress shown = progress.start("send " + name, total);
            LineReader reader = new LineReader(in, LineQueue.ELEMENT_BYTES, LineQueue.LONGEST_LINE);
            for (byte[] lines = reader.next(); lines != null; lines = reader.next()) {
                sending.put(lines);
                shown.add(lines);
            }
            sending.end();
            shown.end();
        }
        return 0;
    }

    private InputStream open() throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isReadable(file)) {
            throw new AccessDeniedException(file.toString());
        }
        return new FileInputStream(file.toFile());
    }
}

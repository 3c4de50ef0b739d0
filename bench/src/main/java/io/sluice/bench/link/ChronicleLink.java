package io.sluice.bench.link;

import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/// Chronicle Queue, in shared memory as all others: raw bytes, written and read in place. It keeps all messages, so it
/// is a subject only of benchmarks that pass few bytes.
record ChronicleLink(SingleChronicleQueue queue) implements Link {
    /// Options that it needs on a JDK since 16; its usage statistics are not in the build, and are turned off here.
    static final List<String> JVM_OPTIONS = List.of(
            "-Dchronicle.analytics.disable=true",
            "-Dchronicle.disk.monitor.disable=true",
            "-Dchronicle.announcer.disable=true",
            "-Dslf4j.internal.verbosity=ERROR",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED");

    ChronicleLink(Place place) {
        this(SingleChronicleQueueBuilder.binary(place.directory().resolve(place.name() + ".queue")).build());
    }

    @Override
    public Sender sender() {
        ExcerptAppender appender = queue.createAppender();
        return sequence -> {
            try (DocumentContext document = appender.writingDocument()) {
                Bytes<?> bytes = document.wire().bytes();
                for (int at = 0; at < Setting.PAYLOAD_BYTES; at += Long.BYTES) {
                    bytes.writeLong(sequence + at);
                }
            }
            return true;
        };
    }

    @Override
    public Receiver receiver() {
        ExcerptTailer tailer = queue.createTailer();
        SequenceCheck sequences = new SequenceCheck();
        return () -> {
            int count = 0;
            for (; count < Receiver.READ_LIMIT; count++) {
                try (DocumentContext document = tailer.readingDocument()) {
                    if (!document.isPresent()) {
                        break;
                    }
                    sequences.check(read(document.wire().bytes()));
                }
            }
            return count;
        };
    }

    private static long read(Bytes<?> bytes) {
        long sequence = bytes.readLong();
        long difference = 0;
        for (int at = Long.BYTES; at < Setting.PAYLOAD_BYTES; at += Long.BYTES) {
            difference |= bytes.readLong() ^ (sequence + at);
        }
        if (difference != 0) {
            throw new IllegalStateException("torn message %,d".formatted(sequence));
        }
        return sequence;
    }
}

package io.sluice.journal.chronicle;

import io.sluice.journal.JournalException;
import java.util.List;

/// The JVM flags without which Chronicle Queue does not work on this JDK, checked before it is loaded: its own message
/// would name a class of its inside.
final class ChronicleFlags {
    private record Flag(String packageName, String text) {}

    private static final List<Flag> NEEDED = List.of(
            new Flag("sun.nio.ch", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"),
            new Flag("java.lang.reflect", "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED"));
    private static final String QUIET = "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED"
            + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";

    private ChronicleFlags() {}

    static void check() {
        List<String> missing = NEEDED.stream()
                .filter(flag -> !Object.class.getModule().isOpen(flag.packageName, ChronicleFlags.class.getModule()))
                .map(Flag::text)
                .toList();
        if (!missing.isEmpty()) {
            throw new JournalException(("a journal is written by Chronicle Queue, which needs JVM flags; missing here:"
                    + " %s. './sluice record' sets them; start a program of your own with them, and with %s, without"
                    + " which the JVM prints warnings").formatted(String.join(" ", missing), QUIET));
        }
    }
}

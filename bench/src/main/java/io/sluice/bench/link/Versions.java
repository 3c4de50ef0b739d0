package io.sluice.bench.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The versions of the peers in this build.
public final class Versions {
    private static final Properties ALL = load();

    private Versions() {}

    private static Properties load() {
        Properties all = new Properties();
        try (InputStream stream = Versions.class.getResourceAsStream("versions.properties")) {
            all.load(stream);
            return all;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// All versions.
    ///
    /// @return name and version of each peer, sorted by name
    public static String all() {
        return new TreeMap<>(ALL).entrySet().stream()
                .map(peer -> peer.getKey() + " " + peer.getValue())
                .collect(Collectors.joining(", "));
    }

    static String of(String peer) {
        return ALL.getProperty(peer, "of unknown version");
    }
}

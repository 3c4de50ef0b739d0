package io.sluice.jmh.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// Which versions of the peers the build took.
final class Versions {
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

    static String of(String peer) {
        return ALL.getProperty(peer, "of unknown version");
    }
}

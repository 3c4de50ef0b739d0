package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The text of addresses.
class AddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"unix:/run/app/socket", "unix:/with space:and colon", "tcp://localhost:0",
            "tcp://127.0.0.1:65535", "tcp://[::1]:80", "tcp://[fe80::1%eth0]:1"})
    void aPrintedAddressIsReadBack(String text) {
        assertThat(Address.parse(text)).hasToString(text).isEqualTo(Address.parse(text));
    }

    @Test
    void partsAreRead() {
        assertThat(Address.parse("tcp://[::1]:80")).isEqualTo(Address.tcp("::1", 80));
        assertThat(Address.parse("unix:/a/b")).isEqualTo(Address.unix(Path.of("/a/./x/../b")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/run/app", "unix:", "unix:relative", "unix:/", "unix:/a/", "tcp:", "tcp://host",
            "tcp://host:", "tcp://:1", "tcp://host:65536", "tcp://host:-1", "tcp://a:b:1", "tcp://host:1/path",
            "http://host:1", "tcp://host:999999"})
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("address '").hasMessageContaining("expected");
    }

    @Test
    void aPathThatIsTooLongForASocketIsRefused() {
        assertThat(Address.unix(Path.of("/" + "a".repeat(106)))).isInstanceOf(Address.Unix.class);
        assertThatThrownBy(() -> Address.unix(Path.of("/" + "a".repeat(107))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected at most 107 bytes, found 108; choose a shorter directory");
    }

    @Test
    void madeAddressesDiffer() {
        assertThat(Address.unix()).isNotEqualTo(Address.unix());
    }
}

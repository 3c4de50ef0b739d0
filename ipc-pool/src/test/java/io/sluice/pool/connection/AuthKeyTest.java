package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.error.UnsafeLocationException;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where keys come from, and what is refused.
class AuthKeyTest {
    private static final byte[] TEXT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    private static boolean same(AuthKey one, AuthKey other) {
        return Arrays.equals(one.mac(TEXT), other.mac(TEXT));
    }

    private Path file(byte[] content, String permissions) throws Exception {
        Path file = Files.write(folder.resolve("key"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void generatedKeysDiffer() {
        assertThat(same(AuthKey.generate(), AuthKey.generate())).isFalse();
    }

    /// RFC 4231, test case 7: a key longer than a block.
    @Test
    void theProofIsHmacSha256() {
        byte[] bytes = new byte[131];
        Arrays.fill(bytes, (byte) 0xaa);
        byte[] data = ("This is a test using a larger than block-size key and a larger than block-size data. The key"
                + " needs to be hashed before being used by the HMAC algorithm.").getBytes(StandardCharsets.US_ASCII);
        assertThat(AuthKey.of(bytes).mac(data)).asHexString()
                .isEqualToIgnoringCase("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
        assertThat(AuthKey.of(bytes).mac("This is a".getBytes(StandardCharsets.US_ASCII),
                Arrays.copyOfRange(data, 9, data.length))).isEqualTo(AuthKey.of(bytes).mac(data));
    }

    @Test
    void aKeyIsNotPrinted() {
        AuthKey key = AuthKey.of(TEXT);
        assertThat(key).hasToString("AuthKey[16 bytes]");
    }

    @Test
    void aShortKeyIsRefused() {
        assertThatThrownBy(() -> AuthKey.of(new byte[15])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 16 to 4,096 bytes, found 15; use AuthKey.generate()");
        assertThatThrownBy(() -> AuthKey.of(new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AuthKey.of(new byte[4097])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void laterChangesOfTheArrayHaveNoEffect() {
        byte[] bytes = TEXT.clone();
        AuthKey key = AuthKey.of(bytes);
        bytes[0]++;
        assertThat(same(key, AuthKey.of(TEXT))).isTrue();
    }

    @Test
    void aWrittenKeyIsReadBack() throws Exception {
        AuthKey key = AuthKey.generate();
        Path file = folder.resolve("new");
        key.writeTo(file);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(same(AuthKey.fromFile(file), key)).isTrue();
        assertThatThrownBy(() -> key.writeTo(file)).isInstanceOf(ObjectExistsException.class)
                .hasMessageContaining("expected a new file, found one");
        AuthKey ending = AuthKey.of("ends with a line feed\n".getBytes(StandardCharsets.US_ASCII));
        ending.writeTo(folder.resolve("other"));
        assertThat(same(AuthKey.fromFile(folder.resolve("other")), ending)).isTrue();
    }

    @Test
    void aFileWithoutALineFeedIsReadAsItIs() throws Exception {
        assertThat(same(AuthKey.fromFile(file(TEXT, "r--------")), AuthKey.of(TEXT))).isTrue();
    }

    @Test
    void aFileThatOthersReadIsRefused() throws Exception {
        for (String permissions : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
            Path file = file(TEXT, permissions);
            assertThatThrownBy(() -> AuthKey.fromFile(file)).isInstanceOf(UnsafeLocationException.class)
                    .hasMessageContaining("so others know the key; expected an ordinary file of this user with mode");
        }
    }

    @Test
    void whatIsNoKeyFileIsRefused() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file(TEXT, "rw-------"));
        assertThatThrownBy(() -> AuthKey.fromFile(link)).isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("is a symbolic link");
        assertThatThrownBy(() -> AuthKey.fromFile(folder)).isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("is a directory");
        assertThatThrownBy(() -> AuthKey.fromFile(folder.resolve("absent"))).isInstanceOf(NoSuchObjectException.class)
                .hasMessageContaining("make one with AuthKey.generate().writeTo(file)");
        Path shortOne = file(new byte[3], "rw-------");
        assertThatThrownBy(() -> AuthKey.fromFile(shortOne)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 3").hasMessageContaining(shortOne.toString());
    }

    @Test
    void theEnvironmentGivesAKey() {
        // Any variable that is long enough stands for one with a key.
        String name = System.getenv().entrySet().stream().filter(variable -> variable.getValue().length() > 20)
                .findAny().orElseThrow().getKey();
        assertThat(same(AuthKey.fromEnvironment(name),
                AuthKey.of(System.getenv(name).getBytes(StandardCharsets.UTF_8)))).isTrue();
        assertThatThrownBy(() -> AuthKey.fromEnvironment("SLUICE_TEST_ABSENT"))
                .isInstanceOf(NoSuchObjectException.class)
                .hasMessageContaining("the environment variable SLUICE_TEST_ABSENT is not set");
    }

    /// As a captured variable it does: the children of `ConnectionDeathTest` get theirs so.
    @Test
    void aKeyDoesNotTravelThroughAStream() throws Exception {
        AuthKey key = AuthKey.generate();
        try (var out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThatThrownBy(() -> out.writeObject(key)).isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("not through a connection, a queue or a file");
        }
        try (var listener = Listener.open(Address.unix(), key);
                var client = Client.connect(listener.address(), key)) {
            assertThatThrownBy(() -> client.send(key)).isInstanceOf(CodecException.class)
                    .hasMessageContaining("not through a connection");
            assertThatThrownBy(() -> client.send(List.of("x", key))).isInstanceOf(CodecException.class);
        }
    }
}

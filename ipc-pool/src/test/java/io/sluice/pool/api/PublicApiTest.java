package io.sluice.pool.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sluice.core.codec.Codec;
import io.sluice.pool.ProcessPool;
import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What users can name, in a list of its own: a change of the public API is a change of that list, seen in the same
/// commit.
class PublicApiTest {
    /// A door grows by a decision, never by accident.
    private static final int MOST_TYPES = 123;

    private static final Path LIST = Path.of("src/test/resources/io/sluice/pool/api/public-api.txt");
    private static final String WRITE = "sluice.api.write";
    private static final String COMMAND = "mvn -B -pl ipc-pool -am test -Dtest=PublicApiTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true";

    private static ExportedTypes exported() throws IOException, URISyntaxException {
        List<Path> modules = new ArrayList<>();
        for (Class<?> known : List.of(Codec.class, SharedSpace.class, ProcessPool.class)) {
            modules.add(Path.of(known.getProtectionDomain().getCodeSource().getLocation().toURI()));
        }
        return ExportedTypes.of(modules);
    }

    @Test
    void thePublicApiIsTheListedOne() throws Exception {
        ExportedTypes exported = exported();
        Signatures signatures = new Signatures(exported.packages());
        List<String> found = new ArrayList<>();
        for (Class<?> type : exported.types()) {
            found.addAll(signatures.of(type));
        }
        if (Boolean.getBoolean(WRITE)) {
            Files.write(LIST, found);
        }
        List<String> listed = Files.readAllLines(LIST);
        String added = difference(found, listed, "+ ");
        String removed = difference(listed, found, "- ");
        if (!added.isEmpty() || !removed.isEmpty()) {
            fail("the public API differs from %s:%n%s%s%nif that is meant, run%n    %s%nand commit the list"
                    .formatted(LIST, removed, added, COMMAND));
        }
    }

    private static String difference(List<String> lines, List<String> others, String mark) {
        Set<String> rest = new LinkedHashSet<>(lines);
        others.forEach(rest::remove);
        StringBuilder text = new StringBuilder();
        rest.forEach(line -> text.append(mark).append(line).append('\n'));
        return text.toString();
    }

    @Test
    void theDoorIsSmall() throws Exception {
        assertThat(exported().types().stream().filter(type -> type.getDeclaringClass() == null))
                .hasSizeLessThanOrEqualTo(MOST_TYPES);
    }
}

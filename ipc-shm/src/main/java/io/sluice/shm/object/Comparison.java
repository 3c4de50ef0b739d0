package io.sluice.shm.object;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.MismatchException;
import io.sluice.shm.body.Body;
import io.sluice.shm.region.RegionHeader;
import io.sluice.shm.region.RegionLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Compares an existing object with the caller's specification, and reports all differences at once.
final class Comparison {
    private Comparison() {}

    static void check(ObjectSpec expected, RegionHeader found) {
        Kind kind = checkSound(expected.name(), found);
        List<String> differences = new ArrayList<>();
        compare(differences, "kind", expected.kind(), kind);
        compare(differences, "element type", expected.elementType(), found.elementType());
        for (int i = 0; i < RegionLayout.PARAMETERS && kind == expected.kind(); i++) {
            if (expected.parameters()[i] != found.parameters()[i]) {
                compare(differences, kind.parameterName(i),
                        kind.parameterValue(i, expected.parameters()), kind.parameterValue(i, found.parameters()));
            }
        }
        compare(differences, "body bytes", expected.bodyBytes(), found.bodyBytes());
        refuse(expected.name(), differences);
    }

    static void check(String name, Kind expected, RegionHeader found) {
        List<String> differences = new ArrayList<>();
        compare(differences, "kind", expected, checkSound(name, found));
        refuse(name, differences);
    }

    private static Kind checkSound(String name, RegionHeader found) {
        Kind kind = Kind.of(found.kind(), name);
        if (found.fingerprint() != Fingerprint.of(kind, found.parameters(), found.elementType())) {
            throw new CorruptObjectException(
                    "'%s': the fingerprint does not match the header; unlink and recreate it".formatted(name));
        }
        Body _ = kind.body(name, found.parameters(), found.bodyBytes());
        return kind;
    }

    private static void compare(List<String> differences, String field, Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            differences.add("%s: expected %s, found %s".formatted(field, expected, found));
        }
    }

    private static void refuse(String name, List<String> differences) {
        if (!differences.isEmpty()) {
            throw new MismatchException(
                    "'%s' exists and differs (%s); open it as it was created, choose another name, or unlink it first"
                            .formatted(name, String.join("; ", differences)));
        }
    }
}

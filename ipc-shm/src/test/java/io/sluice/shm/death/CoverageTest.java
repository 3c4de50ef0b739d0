package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.crash.CrashPoint;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every named step has a test in which a process dies there. A case whose victim does not reach its step fails, so
/// each listed step is also hit.
class CoverageTest {
    private static final List<String> CLASSES = List.of(
            "io.sluice.shm.death.DeathOfAnOnlyOneTest",
            "io.sluice.shm.death.DeathOfABiasTest",
            "io.sluice.shm.death.DeathOfACleanerTest",
            "io.sluice.shm.death.DeathUnderSyncTest",
            "io.sluice.shm.pipe.SharedPipeTest",
            "io.sluice.shm.queue.DeliveriesTest",
            "io.sluice.shm.service.ServiceDeathTest",
            "io.sluice.shm.object.DeathTest",
            "io.sluice.shm.object.TemporarySpaceTest");

    /// The cases on the road, those in the parameters of the other tests, and those that have a test of their own.
    @Test
    void someProcessDiesAtEveryStep() throws ClassNotFoundException {
        Set<CrashPoint> covered = EnumSet.of(CrashPoint.SHUTDOWN_FLAG_SET,
                CrashPoint.LOCK_REPAIR_BEGUN, CrashPoint.LOCK_HEIR_SET, CrashPoint.CONDITION_SIGNALLED,
                CrashPoint.RECOVER_CALL_ENDED);
        DeathOnTheRoadTest.cases().forEach(c -> covered.add(c.point()));
        for (String text : parameters()) {
            for (CrashPoint point : CrashPoint.values()) {
                if (Pattern.compile("\\b" + point.name() + "\\b").matcher(text).find()) {
                    covered.add(point);
                }
            }
        }
        Set<CrashPoint> here = EnumSet.allOf(CrashPoint.class);
        // The tests of ipc-pool, ipc-journal and ipc-gateway die there.
        here.removeIf(point -> Pattern.compile("^(POOL|CONNECTION|MANAGER|JOURNAL|GATEWAY)_")
                .matcher(point.name()).find());
        assertThat(covered).isEqualTo(here);
    }

    private static List<String> parameters() throws ClassNotFoundException {
        List<String> all = new ArrayList<>();
        for (String name : CLASSES) {
            for (Method method : Class.forName(name).getDeclaredMethods()) {
                CsvSource source = method.getAnnotation(CsvSource.class);
                if (source != null) {
                    all.addAll(List.of(source.value()));
                }
                ValueSource values = method.getAnnotation(ValueSource.class);
                if (values != null) {
                    all.addAll(List.of(values.strings()));
                }
            }
        }
        return all;
    }
}

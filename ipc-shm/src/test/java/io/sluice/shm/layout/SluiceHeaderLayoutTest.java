package io.sluice.shm.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The numbers of `c/sluice.h` are those of the layout classes.
class SluiceHeaderLayoutTest {
    private static final Path HEADER = Path.of("../c/sluice.h");
    private static final Pattern NUMBER = Pattern.compile("\\b(SLU_[A-Z0-9_]+) = (0x[0-9A-Fa-f]+|[0-9]+)[,\\s]");

    /// Each line: the prefix of names in the header, the class, and the names there, in pairs.
    private static final List<String> SAME = List.of(
            "SLU_ RegionLayout VERSION=VERSION PAGE=PAGE BODY=BODY ELEMENT_TYPE_BYTES=ELEMENT_TYPE_BYTES",
            "SLU_ Liveness MAX_OWNER=MAX_OWNER",
            "SLU_H_ RegionHeader MAGIC=AT_MAGIC VERSION=AT_VERSION KIND=AT_KIND FILE_BYTES=AT_FILE_BYTES"
                    + " BODY_BYTES=AT_BODY_BYTES PARAMETERS=AT_PARAMETERS ELEMENT_BYTES=AT_ELEMENT_BYTES"
                    + " ELEMENT_TYPE=AT_ELEMENT_TYPE",
            "SLU_H_ RegionLayout CHECKSUM=CHECKSUM COUNTERS=COUNTERS",
            "SLU_C_ WaitCounters RECOVERIES=RECOVERIES FIRST_BLOCK=FIRST_BLOCK BLOCK_BYTES=BLOCK_BYTES WAITS=WAITS"
                    + " BLOCKED_NANOS=BLOCKED_NANOS WAKE_UPS=WAKE_UPS LAST_NANOS=LAST_NANOS ROOM=ROOM MESSAGE=MESSAGE"
                    + " LOCK=LOCK OTHER=OTHER",
            "SLU_ RegistryLayout KIND_REGISTRY=KIND COMMAND_BYTES=COMMAND_BYTES",
            "SLU_S_ RegistryLayout BYTES=BYTES LIFE=LIFE COMMAND_BYTES=COMMAND_LENGTH PID=PID START=START"
                    + " JOINED=JOINED COMMAND=COMMAND",
            "SLU_R_ RingLayout KEY=KEY SLOTS=SLOTS SLOT_BYTES=SLOT_BYTES LIMIT=LIMIT TAIL=TAIL HEAD=HEAD"
                    + " RETURNS=RETURNS ITEMS=ITEMS SHUTDOWN=SHUTDOWN SPACE=SPACE PRODUCER=PRODUCER_ROLE"
                    + " CONSUMER=CONSUMER_ROLE ABORTED=ABORTED_COUNT GIVEN_BACK=GIVEN_BACK_COUNT REFUSED=REFUSED_COUNT"
                    + " WRITERS=WRITERS FIRST_SLOT=FIRST_SLOT CLAIM_BIAS=CLAIM_BIAS TAKE_BIAS=TAKE_BIAS"
                    + " BIAS_AT=BIAS_AT BIAS_LENT=BIAS_LENT",
            "SLU_BIAS_ Bias FREE=FREE HELD=HELD REVOKED=REVOKED SHARED=SHARED OWNER_SHIFT=OWNER_SHIFT"
                    + " NUMBER_SHIFT=NUMBER_SHIFT",
            "SLU_M_ RingLayout HEADER=HEADER PAYLOAD=PAYLOAD",
            "SLU_ SlotWord MAX_SLOTS=MAX_SLOTS FREE=FREE CLAIMED=CLAIMED COMMITTED=COMMITTED ABORTED=ABORTED"
                    + " TAKEN=TAKEN DONE=DONE RETURNED=RETURNED",
            "SLU_ Ring RELEASED=RELEASED OTHER=OTHER MAX_HINT_LAG=MAX_HINT_LAG",
            "SLU_L_ LockLayout WORD=WORD DEATHS=DEATHS EXTRA=EXTRA_HOLDS HEIR=HEIR ACQUISITIONS=ACQUISITIONS"
                    + " VICTIM=VICTIM SLEEPERS=SLEEPERS ENTRIES_USED=ENTRIES_USED SIGNATURES=FIRST_SIGNATURE"
                    + " FIRST_ENTRY=FIRST_ENTRY ENTRY_BYTES=ENTRY_BYTES ENTRY_SLEEPER=ENTRY_SLEEPER",
            "SLU_ LockLayout SIGNATURES=SIGNATURES",
            "SLU_ Guard GUARD_WAITERS=WAITERS",
            "SLU_V_ ValueCells FIRST_CELL=FIRST_CELL COPIES=COPIES",
            "SLU_ EventCount MAY_SLEEP=MAY_SLEEP",
            "SLU_ RoleWord EVER=EVER CLOSED=CLOSED DIED=DIED",
            "SLU_ Membarrier GLOBAL_EXPEDITED=GLOBAL_EXPEDITED REGISTER_GLOBAL_EXPEDITED=REGISTER_GLOBAL_EXPEDITED");

    private static Map<String, Long> numbers() throws IOException {
        Map<String, Long> numbers = new TreeMap<>();
        Matcher number = NUMBER.matcher(Files.readString(HEADER));
        while (number.find()) {
            numbers.put(number.group(1), Long.decode(number.group(2)));
        }
        return numbers;
    }

    @Test
    void theNumbersOfTheHeaderAreThoseOfTheClasses() throws IOException {
        LayoutPage page = new LayoutPage();
        Map<String, Long> found = numbers();
        List<String> different = new ArrayList<>();
        for (String line : SAME) {
            String[] words = line.split(" ", -1);
            for (int i = 2; i < words.length; i++) {
                String[] pair = words[i].split("=", 2);
                Long inHeader = found.remove(words[0] + pair[0]);
                long inClass = page.number(words[1], pair[1]);
                if (inHeader == null || inHeader != inClass) {
                    different.add("%s%s is %s, %s.%s is %s"
                            .formatted(words[0], pair[0], inHeader, words[1], pair[1], inClass));
                }
            }
        }

        assertThat(different).as("numbers of %s", HEADER).isEmpty();
        assertThat(found).as("numbers without a constant in the classes").containsOnlyKeys(
                "SLU_KIND_RING", "SLU_KIND_LOCK", "SLU_KIND_NUMBER", "SLU_KIND_VALUE", "SLU_ONE", "SLU_MANY",
                "SLU_BROADCAST", "SLU_POLICY_POISON", "SLU_POLICY_REPAIR", "SLU_POLICY_IGNORE");
    }
}

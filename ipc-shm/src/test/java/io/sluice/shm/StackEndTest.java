package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An operation at the end of the stack is undone or done, and every object stays usable, for other threads and other
/// processes, whether the code is interpreted or compiled.
class StackEndTest extends HandleTest {
    @ParameterizedTest
    @CsvSource({"-Xint, 3, true", "-XX:TieredStopAtLevel=1, 1000, true", "-XX:+TieredCompilation, 10000, true"})
    void objectsStayUsable(String mode, String warm, String rings) throws Exception {
        Process deep = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", mode,
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                StackEndMain.class.getName(), root, Sandbox.SPACE, warm, rings).redirectErrorStream(true).start();
        try (var lines = new BufferedReader(new InputStreamReader(deep.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> said = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
                if (line.equals("usable")) {
                    break;
                }
            }
            assertThat(said).endsWith("usable");
            for (Map.Entry<String, StackEndMain.Use> each : StackEndMain.uses(space).entrySet()) {
                StackEndMain.lap(each.getKey(), each.getValue());
            }
            deep.getOutputStream().close();
            assertThat(deep.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(deep.exitValue()).isZero();
        } finally {
            deep.destroyForcibly();
        }
    }
}

package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The options that a child inherits from its parent's JVM: none by default, and on demand those that two JVMs can
/// have.
class InheritedOptionsTest {
    @AfterEach
    void endRemainingProcesses() {
        Jvms.endAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx64m", "-Xss2m", "-XX:+UseZGC", "-XX:MaxRAMPercentage=10", "-ea:io.sluice...",
        "-esa", "-Dapp.mode=test", "-Duser.language=ar", "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED", "--enable-preview", "--enable-native-access=ALL-UNNAMED",
        "-Xlog:gc", "-Xlog:gc*:stderr:time", "-Xlog:gc:file=gc-%p.log", "-XX:+HeapDumpOnOutOfMemoryError"})
    void optionsThatTwoJvmsCanHaveAreInherited(String option) {
        assertThat(InheritedOptions.of(List.of(option))).containsExactly(option);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-agentlib:jdwp=transport=dt_socket,address=5005", "-agentpath:/lib/agent.so",
        "-javaagent:agent.jar=port=1", "-Xdebug", "-Xrunjdwp:server=y", "-Dcom.sun.management.jmxremote.port=9010",
        "-XX:StartFlightRecording=filename=a.jfr", "-XX:LogFile=a.log", "-Xlog:gc:gc.log", "-Xlog:gc*:file=gc.log:time",
        "-Xloggc:gc.log", "-XX:SharedArchiveFile=a.jsa", "-XX:ArchiveClassesAtExit=a.jsa", "-XX:AOTCache=a.aot",
        "-Djava.class.path=a.jar", "-Dloader.main=com.acme.App", "-Dloader.args=serve", "--module-path=modules"})
    void optionsThatOnlyOneJvmCanHaveAreNotInherited(String option) {
        assertThat(InheritedOptions.of(List.of(option))).isEmpty();
    }

    /// Of two options for one property, the JVM takes the last one.
    @Test
    void noOptionMakesALauncherOfNestedJarsRunTheProgramAgain() {
        assertThat(CommandLine.program(List.of("-Dloader.main=com.acme.App", "-ea"), "Launcher")).endsWith(
                "-Dloader.main=com.acme.App", "-ea", "-Dloader.main=" + ChildMain.class.getName(), "Launcher");
        assertThat(CommandLine.program(List.of("-ea"), null)).containsExactly("-ea", ChildMain.class.getName());
    }

    /// The child has options, so that its own child can inherit them.
    @Test
    void aChildHasTheOptionsOfItsParentOnDemand() throws Exception {
        try (JavaProcess parent = JavaProcess.builder(() -> {
            try (JavaProcess without = start(JavaProcess.builder(InheritedOptionsTest::show));
                    JavaProcess with = start(JavaProcess.builder(InheritedOptionsTest::show).inheritJvmOptions());
                    JavaProcess other = start(JavaProcess.builder(InheritedOptionsTest::show).inheritJvmOptions()
                            .jvmOptions("-Dshown=own"));
                    ProcessContext context = ProcessContext.spawn().inheritJvmOptions();
                    JavaProcess byContext = start(context.builder(InheritedOptionsTest::show))) {
                System.out.println(join(without) + join(with) + join(other) + join(byContext));
            }
        }).jvmOptions("-Dshown=inherited", "-Xmx70m", "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y")
                .stdout(Redirect.PIPE).stderr(Redirect.INHERIT).start()) {
            String shown = Jvms.readLine(parent.stdout());
            String[] each = shown.split(";", -1);
            assertThat(each).hasSize(5);
            assertThat(each[0]).startsWith("null ").doesNotContain("-Xmx");
            assertThat(each[1]).startsWith("inherited ").contains("-Xmx70m").doesNotContain("agentlib");
            assertThat(each[2]).startsWith("own ").contains("-Xmx70m");
            assertThat(each[3]).startsWith("inherited ").contains("-Xmx70m").doesNotContain("agentlib");
            assertThat(each[4]).isEmpty();
            assertThat(Jvms.join(parent).isSuccess()).isTrue();
        }
    }

    private static void show() {
        System.out.print(System.getProperty("shown") + " " + ProcessContext.inheritableJvmOptions() + ";");
    }

    private static JavaProcess start(JavaProcess.Builder builder) {
        return builder.stdout(Redirect.PIPE).start();
    }

    private static String join(JavaProcess process) throws Exception {
        String shown = new String(process.stdout().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(Jvms.join(process).isSuccess()).isTrue();
        return shown;
    }

    @Test
    void theJvmsOfAStockGetNoOptionsAfterTheirStart() {
        try (ProcessContext stock = ProcessContext.standby(1)) {
            assertThatThrownBy(stock::inheritJvmOptions).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ProcessContext.standby(");
            assertThatThrownBy(() -> stock.classPath("a.jar")).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ProcessContext.standbyWithClassPath(");
        }
    }
}

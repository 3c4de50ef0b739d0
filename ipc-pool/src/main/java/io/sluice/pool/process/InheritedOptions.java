package io.sluice.pool.process;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.regex.Pattern;

/// The options of this JVM that a child can have as well.
final class InheritedOptions {
    /// Options that only one JVM can have, or that a child gets in any case. A log file can be shared if the process id
    /// is a part of its name.
    private static final Pattern REFUSED = Pattern.compile(String.join("|",
            "-(agentlib|agentpath|javaagent):.*", "-Xdebug", "-Xrun.*",
            "-Dcom\\.sun\\.management\\..*",
            "-XX:(StartFlightRecording|FlightRecorderOptions|LogFile)\\b.*",
            "-Xlog:[^:]*:(?!stdout|stderr|:|$)(?!.*%p).*", "-Xloggc:(?!.*%p).*",
            "-Xshare:dump", "-XX:(SharedArchiveFile|ArchiveClassesAtExit|[+-]AutoCreateSharedArchive|AOT\\w+)\\b.*",
            "-XX:(DumpLoadedClassList|Flags|VMOptionsFile|CRaC\\w+)\\b.*",
            "-Dloader\\.(main|args)\\b.*",
            "-D(java\\.class\\.path|java\\.home|jdk\\.module|sun\\.java)\\b.*",
            "--(class-path|module-path|module)\\b.*"));

    private InheritedOptions() {}

    /// The inheritable options of this JVM.
    static List<String> ofThisJvm() {
        return of(ManagementFactory.getRuntimeMXBean().getInputArguments());
    }

    static List<String> of(List<String> arguments) {
        return arguments.stream()
                .filter(option -> option.startsWith("-") && !REFUSED.matcher(option).matches())
                .toList();
    }
}

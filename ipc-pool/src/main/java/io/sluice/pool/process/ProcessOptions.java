package io.sluice.pool.process;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The options of a process's JVM, as [JavaProcess.Builder] collects them.
///
/// @param jvmOptions additional ones
/// @param environment variables added to those of this process
/// @param classPath replaces that of this JVM unless null
/// @param directory working directory, or null for this one's
/// @param input standard input of the process
/// @param output standard output
/// @param error standard error
record ProcessOptions(
        List<String> jvmOptions, Map<String, String> environment, String classPath, Path directory,
        Redirect input, Redirect output, Redirect error) {

    static final ProcessOptions USUAL = new ProcessOptions(
            List.of(), Map.of(), null, null, Redirect.from(Path.of("/dev/null").toFile()), Redirect.INHERIT,
            Redirect.INHERIT);
}

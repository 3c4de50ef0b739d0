package io.sluice.shm.start;

import static java.util.stream.Collectors.joining;

import io.sluice.core.codec.Codec;
import io.sluice.shm.OwnJvm;
import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;

/// The classes that a JVM loads for a program, in order, by its log.
///
/// @param entries one for each class
record LoadedClasses(List<Entry> entries) {
    private static final String SEPARATOR = " source: ";

    /// A loaded class.
    ///
    /// @param name of the class
    /// @param source as the JVM logs it
    record Entry(String name, String source) {
        boolean archived() {
            return source.contains("shared objects file");
        }

        /// Whether the JVM has made it at run time: hidden classes, such as those of lambdas and method handles, and
        /// the visible kinds of bound handles.
        boolean generated() {
            return !archived() && (name.contains("/0x") || source.startsWith("__"));
        }

        boolean ends(String step) {
            return name.equals(FirstUseMain.class.getName() + "$" + step);
        }
    }

    /// Runs a program in a JVM of its own, with no more on its class path than a user has.
    static LoadedClasses of(Class<?> main, Path root) throws IOException, InterruptedException {
        String classPath = Stream.of(main, SharedSpace.class, Codec.class, DirectBuffer.class)
                .map(LoadedClasses::origin).collect(joining(":"));
        String log = OwnJvm.run(
                classPath, main, List.of("-Xlog:class+load=info:stdout:none", "-Dsluice.home=" + root));
        return new LoadedClasses(log.lines()
                .filter(line -> line.contains(SEPARATOR))
                .map(line -> line.split(SEPARATOR, 2))
                .map(parts -> new Entry(parts[0], parts[1]))
                .toList());
    }

    private static String origin(Class<?> type) {
        URI origin = URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString());
        return Path.of(origin).toString();
    }

    /// The classes up to the end of a step.
    LoadedClasses upTo(String step) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).ends(step)) {
                return new LoadedClasses(entries.subList(0, i));
            }
        }
        throw new IllegalArgumentException("the program did not reach " + step);
    }

    int all() {
        return entries.size();
    }

    int generated() {
        return (int) entries.stream().filter(Entry::generated).count();
    }

    /// The generated classes, for a message.
    String listOfGenerated() {
        return entries.stream().filter(Entry::generated).map(Entry::name).collect(joining("\n", "\n", "\n"));
    }

    /// A line for each step: how many classes it loads in all, of these from the archive of the JDK, from class files
    /// of the JDK, from those of others, and generated.
    String table(List<String> steps) {
        var lines = new ArrayList<String>();
        int from = 0;
        for (String step : steps) {
            int to = upTo(step).all();
            lines.add(line(step, entries.subList(from, to)));
            from = to;
        }
        lines.add(line("end", entries.subList(from, entries.size())));
        lines.add(line("sum", entries));
        return String.join("\n", lines);
    }

    private static String line(String step, List<Entry> loaded) {
        long archived = loaded.stream().filter(Entry::archived).count();
        long generated = loaded.stream().filter(Entry::generated).count();
        long ofJdk = loaded.stream().filter(entry -> entry.source().startsWith("jrt:")).count();
        long others = loaded.size() - archived - generated - ofJdk;
        return String.format(Locale.ROOT, "| %-8s | %5d | %5d | %5d | %5d | %5d |",
                step, loaded.size(), archived, ofJdk, others, generated);
    }
}

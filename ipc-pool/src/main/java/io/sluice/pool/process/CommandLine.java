package io.sluice.pool.process;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The command that starts a JVM like this one: the same `java`, class path and module path, flags for a short start.
final class CommandLine {
    private static final String MODULE = "io.sluice.pool";
    /// By default each JVM starts with a 64th of the machine's memory, which spreads short-lived objects over untouched
    /// pages; each new page costs more than the objects on it. The heap grows when it must.
    private static final String SMALL_INITIAL_HEAP = "-XX:InitialRAMPercentage=0.25";
    private static final String SOURCE_LAUNCHER = "com.sun.tools.javac.launcher.SourceLauncher";
    private static final List<String> INHERITED = List.of("sluice.home", "sluice.max.processes");

    private CommandLine() {}

    /// The whole command.
    ///
    /// @param jvmOptions of the user; they come last, so that they win
    /// @param classPath of the user, or null for that of this JVM
    /// @param cache file of the [AotCache], or null
    /// @param control path of the child's control memory
    static List<String> of(List<String> jvmOptions, String classPath, Path cache, Path control) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:-UsePerfData");
        command.add(SMALL_INITIAL_HEAP);
        if (jvmOptions.stream().noneMatch(option -> option.matches("-XX:\\+Use\\w+GC"))) {
            command.add("-XX:+UseSerialGC");
        }
        if (cache != null) {
            // The JVM may use the cache or not; standard output, where it would tell why not, belongs to the task.
            command.addAll(List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=auto", "-Xlog:aot*=off,cds*=off"));
        }
        for (String property : INHERITED) {
            if (System.getProperty(property) != null) {
                command.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        boolean named = CommandLine.class.getModule().isNamed();
        command.add("--enable-native-access=" + (named ? "io.sluice.core,io.sluice.shm" : "ALL-UNNAMED"));
        command.addAll(paths(classPath));
        if (named) {
            command.addAll(jvmOptions);
            command.addAll(List.of("--module", MODULE + "/" + ChildMain.class.getName()));
        } else {
            command.addAll(program(jvmOptions, classPath == null ? NestedJars.launcher() : null));
        }
        command.add(control.toString());
        return command;
    }

    /// The options that tell a child where its classes are.
    ///
    /// @param classPath of the user, or null for that of this JVM
    static List<String> paths(String classPath) {
        List<String> options = new ArrayList<>();
        Module module = CommandLine.class.getModule();
        String modulePath = System.getProperty("jdk.module.path", "");
        if (module.isNamed() && !modulePath.isEmpty()) {
            options.addAll(List.of("--module-path", absolute(modulePath), "--add-modules", "ALL-MODULE-PATH"));
        }
        if (isInImage(module)) {
            options.addAll(List.of("--add-modules", modulesOfThisJvm()));
        }
        String onClassPath = classPath != null ? classPath : System.getProperty("java.class.path", "");
        if (!module.isNamed() || !onClassPath.isEmpty()) {
            options.addAll(List.of("--class-path", absolute(onClassPath)));
        }
        return options;
    }

    /// Whether a module is a part of the image that this JVM runs from, as jlink makes one, and so is on no path.
    private static boolean isInImage(Module module) {
        return module.isNamed() && module.getLayer() != null && module.getLayer().configuration()
                .findModule(module.getName())
                .flatMap(resolved -> resolved.reference().location())
                .filter(location -> location.getScheme().equals("jrt"))
                .isPresent();
    }

    /// A child finds the same modules, but by itself it takes only those that this library needs: not the program's.
    private static String modulesOfThisJvm() {
        return ModuleLayer.boot().modules().stream().map(Module::getName).sorted().collect(Collectors.joining(","));
    }

    /// The options of the user, and the program of the child. Of two options for one property the last one wins; so the
    /// option that makes the launcher run the child comes last, or the child would be another run of the program.
    ///
    /// @param launcher of nested jars, or null
    static List<String> program(List<String> jvmOptions, String launcher) {
        List<String> end = new ArrayList<>();
        String main = ChildMain.class.getName();
        if (launcher != null) {
            end.addAll(NestedJars.inherited());
        }
        end.addAll(jvmOptions);
        if (launcher != null) {
            end.add(NestedJars.toRun(main));
        }
        end.add(launcher != null ? launcher : main);
        return end;
    }

    /// A path whose entries are found from any working directory, since the child may have one of its own; an empty
    /// entry means that of this JVM.
    private static String absolute(String path) {
        return path.isEmpty() ? path : Arrays.stream(path.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// Refuses a task whose class a new JVM would not find, and all tasks if it would not find Sluice.
    static void checkLoadable(Class<?> task, String classPath) {
        if (classPath == null && SOURCE_LAUNCHER.equals(System.getProperty("jdk.module.main.class"))) {
            throw new IllegalArgumentException(("task %s: this program runs from its source file, so its classes are in"
                    + " the memory of this JVM alone, and a new one cannot load them; compile it first: javac -d"
                    + " classes ... && java -cp classes ...").formatted(task.getName()));
        }
        boolean nowhere = System.getProperty("java.class.path", "").isEmpty()
                && System.getProperty("jdk.module.path", "").isEmpty()
                && !isInImage(CommandLine.class.getModule());
        if (classPath == null && nowhere) {
            throw new IllegalArgumentException(("task %s: this JVM has neither a class path nor a module path for a new"
                    + " one; name one with classPath(...)").formatted(task.getName()));
        }
        ClassLoader mine = CommandLine.class.getClassLoader();
        boolean nested = NestedJars.launcher() != null;
        if (classPath == null && !nested && !isAbove(mine, ClassLoader.getSystemClassLoader())) {
            throw new IllegalArgumentException(("task %s: Sluice was loaded by %s, and a new JVM has only the class"
                    + " path, where it would not find Sluice; name a class path that has Sluice, what it needs and the"
                    + " classes of the tasks, as files, with classPath(...) of the process, the pool or the"
                    + " context").formatted(
                    task.getName(), mine));
        }
        ClassLoader lowest = nested ? mine : ClassLoader.getSystemClassLoader();
        if (classPath == null && !isAbove(task.getClassLoader(), lowest)) {
            throw new IllegalArgumentException(("task %s: its class comes from %s, and a new JVM has only the class"
                    + " path; put the class there, or name a class path that has it with classPath(...) of the"
                    + " process, the pool or the context").formatted(task.getName(), task.getClassLoader()));
        }
    }

    /// Whether one loader is another one or an ancestor of it. That of the JDK is null, and above all.
    @SuppressWarnings("ReferenceEquality") // a loader is itself
    private static boolean isAbove(ClassLoader loader, ClassLoader lowest) {
        ClassLoader known = lowest;
        while (known != null && known != loader) {
            known = known.getParent();
        }
        return known == loader;
    }

    /// The entries of the class path that a child gets.
    static List<Path> entries(String classPath) {
        String path = classPath != null ? classPath : System.getProperty("java.class.path", "");
        List<Path> entries = new ArrayList<>();
        for (String entry : path.split(File.pathSeparator, -1)) {
            if (!entry.isEmpty()) {
                entries.add(Path.of(entry));
            }
        }
        return entries;
    }
}

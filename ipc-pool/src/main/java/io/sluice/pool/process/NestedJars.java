package io.sluice.pool.process;

import java.util.ArrayList;
import java.util.List;

/// A program of jars within a jar, as Spring Boot packs it: a class path cannot name these. So a child begins with the
/// outer jar, as this JVM did, and with the launcher of Spring Boot that runs any class of the inner ones.
final class NestedJars {
    /// Package of Spring Boot's loader, in all its releases; its classes are in the outer jar.
    private static final String PACKAGE = "org.springframework.boot.loader";
    /// Properties of that launcher that users may set.
    private static final List<String> INHERITED =
            List.of("loader.path", "loader.home", "loader.config.name", "loader.config.location");
    private static final String LAUNCHER = find(CommandLine.class.getClassLoader());

    private NestedJars() {}

    /// The main class in the outer jar, or null if Sluice was not loaded from an inner one.
    static String launcher() {
        return LAUNCHER;
    }

    private static String find(ClassLoader mine) {
        if (mine == null || !mine.getClass().getPackageName().startsWith(PACKAGE)) {
            return null;
        }
        String name = mine.getClass().getPackageName() + ".PropertiesLauncher";
        String file = name.replace('.', '/') + ".class";
        return ClassLoader.getSystemClassLoader().getResource(file) == null ? null : name;
    }

    /// The properties set for the launcher of this JVM; options of the user win.
    static List<String> inherited() {
        List<String> options = new ArrayList<>();
        for (String property : INHERITED) {
            if (System.getProperty(property) != null) {
                options.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        return options;
    }

    /// The option that makes the launcher run a class of an inner jar; no later option may contradict it.
    static String toRun(String main) {
        return "-Dloader.main=" + main;
    }
}

package io.sluice.pool.api;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The public types of modules in packages that they export to all.
///
/// @param packages names of these packages
/// @param types sorted by name, nested ones behind the one that declares them
record ExportedTypes(Set<String> packages, List<Class<?>> types) {
    private static final String CLASS_FILE = ".class";

    /// @param modules jars or directories of classes
    static ExportedTypes of(List<Path> modules) throws IOException {
        ExportedTypes all = new ExportedTypes(new TreeSet<>(), new ArrayList<>());
        for (Path module : modules) {
            all.add(ModuleFinder.of(module).findAll().iterator().next());
        }
        return all;
    }

    private void add(ModuleReference module) throws IOException {
        module.descriptor().exports().stream()
                .filter(export -> !export.isQualified())
                .forEach(export -> packages.add(export.source()));
        try (ModuleReader reader = module.open()) {
            for (String file : reader.list().sorted().toList()) {
                if (file.endsWith(CLASS_FILE) && file.contains("/")) {
                    String name = file.substring(0, file.length() - CLASS_FILE.length()).replace('/', '.');
                    if (packages.contains(name.substring(0, name.lastIndexOf('.')))) {
                        add(name);
                    }
                }
            }
        }
    }

    private void add(String name) {
        try {
            Class<?> type = Class.forName(name, false, ExportedTypes.class.getClassLoader());
            if (isVisible(type)) {
                types.add(type);
            }
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isVisible(Class<?> type) {
        boolean inside = Modifier.isPublic(type.getModifiers())
                || (Modifier.isProtected(type.getModifiers()) && !Modifier.isFinal(type.getModifiers()));
        return inside && !type.isAnonymousClass() && !type.isLocalClass()
                && (type.getDeclaringClass() == null || isVisible(type.getDeclaringClass()));
    }
}

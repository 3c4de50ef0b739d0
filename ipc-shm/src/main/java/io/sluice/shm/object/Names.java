package io.sluice.shm.object;

import java.util.regex.Pattern;

/// The names that spaces and objects may have: none that could be a path, a hidden file or an option of a command.
final class Names {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Names() {}

    static String check(String what, String name) {
        if (!isAllowed(name)) {
            throw new IllegalArgumentException(
                    "%s '%s': a name has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or a digit"
                            .formatted(what, name));
        }
        return name;
    }

    static boolean isAllowed(String name) {
        return ALLOWED.matcher(name).matches();
    }
}

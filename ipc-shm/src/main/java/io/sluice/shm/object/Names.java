package io.sluice.shm.object;

/// The names that spaces and objects may have: none that could be a path, a hidden file or an option of a command.
final class Names {
    private static final int MOST_CHARS = 64;

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
        if (name.isEmpty() || name.length() > MOST_CHARS || !isLetterOrDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            char next = name.charAt(i);
            if (!isLetterOrDigit(next) && next != '.' && next != '_' && next != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char one) {
        return (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9');
    }
}

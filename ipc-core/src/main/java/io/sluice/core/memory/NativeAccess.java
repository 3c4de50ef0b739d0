package io.sluice.core.memory;

import java.lang.foreign.MemorySegment;

/// Whether this JVM lets Sluice use memory outside its heap. With `--illegal-native-access=deny`, and without
/// `--enable-native-access` for Sluice, it does not; the other settings allow it, with or without a warning.
///
/// The entry points of the library call [#require] first, since the failure of a static initialiser could name no
/// remedy.
///
/// - **Threads:** any.
/// - **Allocation:** none, but for the exception.
public final class NativeAccess {
    private static final boolean DENIED = isDenied();

    private NativeAccess() {}

    @SuppressWarnings("restricted") // tries what `Memory` does
    private static boolean isDenied() {
        try {
            return MemorySegment.NULL.reinterpret(1).byteSize() != 1;
        } catch (IllegalCallerException denied) {
            return true;
        }
    }

    /// Throws if native access is denied to the module of this class.
    ///
    /// @throws IllegalCallerException names the flag that allows it
    public static void require() {
        if (DENIED) {
            throw refusal();
        }
    }

    /// The exception for native access that is denied to a module of Sluice.
    ///
    /// @return a new exception that names the flag
    public static IllegalCallerException refusal() {
        return new IllegalCallerException("this JVM denies Sluice native access, which it needs to map memory and to"
                + " call Linux; start it with --enable-native-access=ALL-UNNAMED if Sluice is on the class path, or"
                + " with --enable-native-access=io.sluice.core,io.sluice.shm if it is on the module path");
    }
}

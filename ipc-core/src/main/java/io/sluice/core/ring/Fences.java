package io.sluice.core.ring;

import java.lang.invoke.VarHandle;

/// Fences by their meaning; each costs nothing on x86-64 and orders the compiler everywhere.
final class Fences {
    private Fences() {}

    static void storeStore() {
        VarHandle.storeStoreFence();
    }

    static void loadLoad() {
        VarHandle.loadLoadFence();
    }
}

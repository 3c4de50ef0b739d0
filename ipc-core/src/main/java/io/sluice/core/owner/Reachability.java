package io.sluice.core.owner;

import java.lang.ref.Reference;

/// Keeps a handle reachable up to the last access that an operation makes to shared memory, so that the cleaner of the
/// process does not leave the object before; see [Reference#reachabilityFence].
///
/// The call stands behind that access, and needs no `finally`: an operation that throws makes no access after the
/// throw.
public final class Reachability {
    private Reachability() {}

    /// Marks the place. Costs nothing.
    ///
    /// @param handle must not become garbage before
    @SuppressWarnings("ReachabilityFenceUsage")
    public static void upToHere(Object handle) {
        Reference.reachabilityFence(handle);
    }
}

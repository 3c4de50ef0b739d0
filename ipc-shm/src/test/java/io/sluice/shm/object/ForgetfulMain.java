package io.sluice.shm.object;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A program that opens a temporary space, uses it, and ends without closing anything: the way is its first argument,
/// the name of the space its second one.
final class ForgetfulMain {
    private static final long WATCHDOG_SECONDS = 60;
    private static final byte[] LARGE = new byte[100_000];

    private ForgetfulMain() {}

    /// Uses the space and ends.
    ///
    /// @param arguments way and name
    /// @throws Exception if something does not work
    public static void main(String[] arguments) throws Exception {
        Arrays.fill(LARGE, (byte) 7);
        SharedSpace space = SharedSpace.openTemporary(arguments[1]);
        var queue = space.queue("q", Codec.bytes(), 32);
        queue.put(LARGE);
        if (arguments.length > 2) {
            Path path = space.path();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> useAfterTheEndBegan(space, path, arguments[2])));
        }
        System.out.println("ready");
        switch (arguments[0]) {
            case "return" -> {}
            case "exit" -> System.exit(3);
            default -> Thread.sleep(Long.MAX_VALUE);
        }
    }

    /// Operations that a user's hook may perform after the library's own hook.
    private static void useAfterTheEndBegan(SharedSpace space, Path before, String what) {
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
            while (space.path().equals(before) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(1_000_000);
            }
            use(space, what);
        } catch (RuntimeException | Error failed) {
            System.out.println("hook failed: " + failed);
        }
    }

    private static void use(SharedSpace space, String what) {
        var queue = space.queue("q", Codec.bytes(), 32);
        var made = space.queue("made", Codec.bytes(), 32);
        boolean put = made.offer(LARGE);
        put &= made.offer(LARGE);
        boolean same = Arrays.equals(queue.poll(), LARGE) && Arrays.equals(made.poll(), LARGE);
        int objects = space.list().size();
        boolean again;
        try (SharedSpace second = SharedSpace.openTemporary(space.name());
                SharedSpace other = SharedSpace.openTemporary(space.name() + "-late")) {
            again = second.path().equals(space.path()) && other.booleanValue("b", true).get();
        }
        if (what.equals("close")) {
            space.close();
        }
        System.out.println("hook " + put + " " + same + " " + objects + " " + again);
        if (what.equals("hang")) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS));
        }
    }
}

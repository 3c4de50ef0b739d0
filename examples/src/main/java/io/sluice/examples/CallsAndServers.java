package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.service.HandlerException;
import io.sluice.shm.service.ServerDiedException;
import io.sluice.shm.service.ServiceOptions;

/// Calls that servers in other JVMs answer: what a handler throws arrives here, and the death of a server fails its
/// open call, or, where requests are declared idempotent, goes unnoticed.
///
/// ```
/// examples/run CallsAndServers
/// ```
public final class CallsAndServers {
    private CallsAndServers() {}

    /// Calls a server that dies, and then another one.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var plain = space.service(Codec.strings(), Codec.ints());
                var idempotent = space.service(
                        Codec.strings(), Codec.ints(), ServiceOptions.defaults().withRetries(1))) {
            JavaProcess first = JavaProcess.start(() -> plain.serve((text, client) -> answer(text)));
            System.out.println("Sluice has " + plain.call("Sluice") + " letters");
            try {
                plain.call("");
            } catch (HandlerException failed) {
                System.out.println("no answer: " + failed.remoteMessage());
            }
            try {
                plain.call("die");               // a call with a time-out gives up by itself
            } catch (ServerDiedException died) {
                System.out.println("no answer: the server died");
            }
            first.join();

            var answer = idempotent.callAsync("die");
            JavaProcess second = JavaProcess.start(() -> idempotent.serve((text, client) -> answer(text)));
            second.join();                       // it takes the request, and dies over it
            JavaProcess third = JavaProcess.start(() -> idempotent.serve((text, client) -> text.length()));
            System.out.println("the next server says " + answer.join());
            idempotent.shutdown();               // the server sees the end
            third.join();
        }
    }

    private static int answer(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a text without letters");
        }
        if (text.equals("die")) {
            Runtime.getRuntime().halt(1);
        }
        return text.length();
    }
}

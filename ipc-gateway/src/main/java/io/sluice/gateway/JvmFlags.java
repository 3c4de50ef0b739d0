package io.sluice.gateway;

/// The flag of the JVM without which Agrona's buffers, and so Aeron, do not work.
final class JvmFlags {
    private static final String PACKAGE = "jdk.internal.misc";
    static final String NEEDED = "--add-exports java.base/jdk.internal.misc=ALL-UNNAMED";

    private JvmFlags() {}

    /// Refuses a JVM without the flag, before a class of Aeron is loaded.
    ///
    /// @throws GatewayException which names the flag
    static void check() {
        if (!Object.class.getModule().isExported(PACKAGE, JvmFlags.class.getModule())) {
            throw new GatewayException(("Aeron needs the JVM option %s; start the gateway with './sluice gateway' or"
                    + " 'java -jar gateway.jar', which set it, or add it").formatted(NEEDED));
        }
    }
}

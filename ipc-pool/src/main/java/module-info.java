/// Processes that run tasks, over the objects of `io.sluice.shm`: single JVMs, and pools of them; and connections
/// between processes that share a key.
module io.sluice.pool {
    requires java.management;
    requires jdk.net;
    requires static jdk.jfr;
    requires transitive io.sluice.shm;

    exports io.sluice.pool;
    exports io.sluice.pool.connection;
    exports io.sluice.pool.manager;
    exports io.sluice.pool.process;
    exports io.sluice.pool.task;

    // For the codec of the record that a rehearsal puts.
    opens io.sluice.pool.process to io.sluice.core;
}

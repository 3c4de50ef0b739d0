/// Processes that run tasks, over the objects of `io.sluice.shm`: single JVMs, and pools of them.
module io.sluice.pool {
    requires java.management;
    requires transitive io.sluice.shm;

    exports io.sluice.pool;
    exports io.sluice.pool.process;
    exports io.sluice.pool.task;
}

/// Processes at work, over what every user of `io.sluice.shm` has: JVMs started on a task, pools of them, managers.
module io.sluice.pool {
    requires java.management;
    requires transitive io.sluice.shm;

    exports io.sluice.pool;
    exports io.sluice.pool.process;
    exports io.sluice.pool.task;
}

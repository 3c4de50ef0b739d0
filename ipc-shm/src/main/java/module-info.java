/// Named objects in shared memory, for JVM processes on one Linux host: spaces, queues, pipes and rings.
///
/// Start at [io.sluice.shm.SharedSpace], the door: a named directory of objects, with one factory method per kind.
module io.sluice.shm {
    requires transitive io.sluice.core;

    exports io.sluice.shm;
    exports io.sluice.shm.error;
    exports io.sluice.shm.pipe;
    exports io.sluice.shm.queue;
    exports io.sluice.shm.ring;
    exports io.sluice.shm.space;
}

/// Named objects in shared memory, for JVM processes on one Linux host: spaces, queues, pipes, rings, services, locks,
/// semaphores, events, barriers, values and arrays.
///
/// Start at [io.sluice.shm.SharedSpace], the door: a named directory of objects, with one factory method per kind.
// "module": the friend of a qualified export is compiled after this module.
@SuppressWarnings("module")
module io.sluice.shm {
    requires transitive io.sluice.core;
    requires static jdk.jfr;

    provides io.sluice.core.codec.spi.ComponentCodecs with io.sluice.shm.codec.HandleCodecs;

    exports io.sluice.shm;
    exports io.sluice.shm.array;
    exports io.sluice.shm.barrier;
    exports io.sluice.shm.error;
    exports io.sluice.shm.event;
    exports io.sluice.shm.lock;
    exports io.sluice.shm.pipe;
    exports io.sluice.shm.queue;
    exports io.sluice.shm.ring;
    exports io.sluice.shm.semaphore;
    exports io.sluice.shm.service;
    exports io.sluice.shm.space;
    exports io.sluice.shm.value;

    exports io.sluice.shm.linux to io.sluice.cli, io.sluice.pool;
    exports io.sluice.shm.object to io.sluice.cli, io.sluice.pool;
}

/// Algorithms over a piece of memory: no file, no process, no native call.
///
/// What the algorithms need from the world comes through two ports: [io.sluice.core.park.Parking], how a waiter sleeps,
/// and [io.sluice.core.owner.Liveness], which owners are alive. So every step of every algorithm can be tested in one
/// thread, with a scripted owner that dies where the test says.
///
/// Agrona provides the interfaces of buffers and handlers. Its own buffers are not used: on JDK 25 they fail without a
/// module flag.
// "module": the friend of a qualified export is compiled after this module.
@SuppressWarnings({"module", "requires-automatic", "requires-transitive-automatic"})
module io.sluice.core {
    requires transitive org.agrona;
    requires static jdk.jfr;

    uses io.sluice.core.codec.spi.ComponentCodecs;

    exports io.sluice.core.buffer;
    exports io.sluice.core.codec;
    exports io.sluice.core.error;
    exports io.sluice.core.idle;
    exports io.sluice.core.ring;

    exports io.sluice.core.codec.spi to io.sluice.shm;
    exports io.sluice.core.crash to io.sluice.shm, io.sluice.pool;
    exports io.sluice.core.jfr to io.sluice.shm, io.sluice.pool;
    exports io.sluice.core.memory to io.sluice.shm, io.sluice.pool;
    exports io.sluice.core.owner to io.sluice.shm, io.sluice.pool;
    exports io.sluice.core.park to io.sluice.shm, io.sluice.pool;
    exports io.sluice.core.sync to io.sluice.shm;
}

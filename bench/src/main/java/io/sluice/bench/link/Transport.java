package io.sluice.bench.link;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.RingOptions;
import java.util.List;

/// How messages pass from one end to the other.
public enum Transport {
    /// Our one-to-one ring, slots of a cache line.
    RING_ONE,
    /// The same with an eighth of the slots, of 512 bytes each.
    RING_ONE_WIDE,
    /// Our many-to-many ring, slots of a cache line.
    RING_MANY,
    /// Our broadcast ring; the producer waits for its consumers.
    RING_BROADCAST,
    /// Our one-to-one ring; waits sleep almost at once.
    RING_PARK,
    /// Our one-to-one ring; waits spin some microseconds before they sleep.
    RING_ADAPTIVE,
    /// Our queue of a small record.
    QUEUE,
    /// Our service: a message there is a call, which brings its echo along.
    SERVICE,
    /// Our lock; waits spin some microseconds before they sleep.
    LOCK,
    /// Our lock; waits only spin.
    LOCK_SPIN,
    /// Our shared long.
    NUMBER,
    /// Agrona's `OneToOneRingBuffer`.
    AGRONA_ONE,
    /// Agrona's `ManyToOneRingBuffer`.
    AGRONA_MANY,
    /// Agrona's `BroadcastTransmitter`, which does not wait for receivers.
    AGRONA_BROADCAST,
    /// Aeron's IPC, a publication that threads may share.
    AERON_SHARED,
    /// Aeron's IPC, an exclusive publication of one thread.
    AERON_EXCLUSIVE,
    /// Aeron over UDP on the loopback interface.
    AERON_UDP,
    /// Our ring, two gateways over UDP on the loopback interface, and another ring.
    GATEWAY,
    /// The same, and the first gateway records what it sends, in memory.
    GATEWAY_RECORDED,
    /// Chronicle Queue.
    CHRONICLE,
    /// A Unix domain socket.
    UNIX_SOCKET,
    /// TCP over the loopback interface.
    TCP,
    /// A named pipe.
    FIFO,
    /// The Disruptor, in one process.
    DISRUPTOR,
    /// JCTools' queue of one producer and one consumer, in one process.
    JCTOOLS,
    /// A robust mutex of the C library, between processes.
    PTHREAD,
    /// A lock of the kernel on a file.
    FILE_LOCK,
    /// A bare atomic addition.
    BARE_NUMBER,
    /// Bare cache lines.
    FLAGS,
    /// A bare futex.
    FUTEX,
    /// Python's `multiprocessing.Queue`; not in a JVM.
    PYTHON,
    /// Bare cache lines, or a bare futex, in C; not in a JVM.
    C;

    /// Opens a link in this process.
    ///
    /// @param place directory and name of the link
    /// @return the link
    public Link open(Place place) {
        int slots = Setting.RING_BYTES / RingOptions.MIN_SLOT_BYTES;
        RingOptions oneToOne = RingOptions.oneToOne(slots);
        return switch (this) {
            case RING_ONE -> new RingLink(place, oneToOne, WaitStrategy.BUSY_SPIN);
            case RING_ONE_WIDE -> new RingLink(
                    place, oneToOne.withSlotBytes(512).withCapacity(slots / 8), WaitStrategy.BUSY_SPIN);
            case RING_MANY -> new RingLink(place, RingOptions.manyToMany(slots), WaitStrategy.BUSY_SPIN);
            case RING_BROADCAST -> new RingLink(place, RingOptions.broadcast(slots), WaitStrategy.BUSY_SPIN);
            case RING_PARK -> new RingLink(place, oneToOne, WaitStrategy.PARK);
            case RING_ADAPTIVE -> new RingLink(place, oneToOne, WaitStrategy.ADAPTIVE);
            case QUEUE -> new QueueLink(place, slots);
            case SERVICE -> new ServiceLink(place);
            case LOCK -> ContendedLink.lock(place, WaitStrategy.ADAPTIVE);
            case LOCK_SPIN -> ContendedLink.lock(place, WaitStrategy.BUSY_SPIN);
            case NUMBER -> ContendedLink.number(place);
            case AGRONA_ONE -> AgronaLink.oneToOne(place);
            case AGRONA_MANY -> AgronaLink.manyToOne(place);
            case AGRONA_BROADCAST -> new BroadcastLink(place);
            case AERON_SHARED -> new AeronLink(place, false);
            case AERON_EXCLUSIVE -> new AeronLink(place, true);
            case AERON_UDP -> new AeronUdpLink(place);
            case GATEWAY -> new GatewayLink(place, oneToOne, false);
            case GATEWAY_RECORDED -> new GatewayLink(place, oneToOne, true);
            case CHRONICLE -> new ChronicleLink(place);
            case UNIX_SOCKET -> SocketLink.unix(place);
            case TCP -> SocketLink.tcp(place);
            case FIFO -> new FifoLink(place);
            case DISRUPTOR -> new DisruptorLink(place);
            case JCTOOLS -> new JctoolsLink(place);
            case PTHREAD -> ContendedLink.pthread(place);
            case FILE_LOCK -> ContendedLink.fileLock(place);
            case BARE_NUMBER -> ContendedLink.bareNumber(place);
            case FLAGS -> new FlagLink(place);
            case FUTEX -> new FutexLink(place);
            case PYTHON, C -> throw new IllegalArgumentException(this + " does not run in a JVM");
        };
    }

    /// Whether both ends are threads of one process.
    ///
    /// @return false if they are in two processes
    public boolean isInProcess() {
        return this == DISRUPTOR || this == JCTOOLS;
    }

    /// Whether the core of each participant has a second busy thread: a media driver, or a gateway. Threads inherit the
    /// core of the thread that starts them.
    ///
    /// @return whether the participant must yield while it waits, however many cores there are
    public boolean sharesCores() {
        return this == AERON_UDP || this == GATEWAY || this == GATEWAY_RECORDED;
    }

    /// JVM options of its processes, besides those of all processes.
    ///
    /// @return options for the command line
    public List<String> jvmOptions() {
        return switch (this) {
            case CHRONICLE -> ChronicleLink.JVM_OPTIONS;
            case JCTOOLS -> List.of("--sun-misc-unsafe-memory-access=allow");
            default -> List.of();
        };
    }

    /// Name and version of the library, or a description.
    ///
    /// @return text for the report
    public String detail() {
        return switch (this) {
            case AGRONA_ONE, AGRONA_MANY, AGRONA_BROADCAST -> "Agrona " + Versions.of("agrona");
            case AERON_SHARED, AERON_EXCLUSIVE -> "Aeron " + Versions.of("aeron") + ", IPC";
            case AERON_UDP -> "Aeron " + Versions.of("aeron") + ", UDP over loopback";
            case GATEWAY -> "Sluice, gateways over Aeron " + Versions.of("aeron") + ", UDP over loopback";
            case GATEWAY_RECORDED -> "Sluice, gateways over Aeron " + Versions.of("aeron") + ", recorded in memory";
            case CHRONICLE -> "Chronicle Queue " + Versions.of("chronicle");
            case DISRUPTOR -> "Disruptor " + Versions.of("disruptor") + ", threads";
            case JCTOOLS -> "JCTools SpscArrayQueue " + Versions.of("jctools") + ", threads";
            case UNIX_SOCKET -> "AF_UNIX, SOCK_STREAM";
            case TCP -> "loopback TCP, TCP_NODELAY";
            case FIFO -> "named pipe";
            case PTHREAD -> "pthread mutex, robust, process-shared";
            case FILE_LOCK -> "FileChannel.lock";
            case BARE_NUMBER -> "the bare instruction";
            case FLAGS -> "bare cache lines";
            case FUTEX -> "bare futex";
            case PYTHON -> "Python, multiprocessing.Queue";
            case C -> "C, see machine";
            default -> "Sluice";
        };
    }
}

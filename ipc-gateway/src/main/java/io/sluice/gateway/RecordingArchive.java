package io.sluice.gateway;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.ExclusivePublication;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.archive.status.RecordingPos;
import io.aeron.driver.status.StreamCounter;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.TimeoutException;
import java.io.File;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.NoOpLock;
import org.agrona.concurrent.status.CountersReader;

/// Aeron Archive, as one gateway uses it: a publication within this process that is recorded, and its replays. All runs
/// in the thread that calls [#work].
///
/// The archive's control channel stays in this process: what reaches the network can ask for a replay, by the gateway's
/// own protocol, and for nothing else.
final class RecordingArchive implements AutoCloseable {
    private static final String CHANNEL = "aeron:ipc";
    private static final String NOT_USED = "aeron:udp?endpoint=localhost:0";     // for copies of other archives
    private static final int RECORDED_STREAM = 1;
    private static final int REQUEST_STREAM = 2;
    private static final int RESPONSE_STREAM = 3;
    private static final int INITIAL_TERM = 0;
    private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final RecordingMark mark;
    private final Segments segments;
    private final Segments.Tail tail;
    private final Aeron aeron;
    private final Archive archive;
    private final AeronArchive client;
    private final AgentInvoker invoker;
    private final ExclusivePublication publication;
    private final CountersReader counters;
    private final int counter;
    private long oldest;             // position at which the files begin
    private long start;              // position at which replays begin, at the earliest
    private long firstSequence;
    private String failure;
    private boolean keepsFiles;      // whether it was told that old files cannot be removed
    private boolean lost;            // a client or the driver was not served in time, as after a stop of this process

    private RecordingArchive(RecordingMark mark, LocalObject local, Aeron aeron) {
        this.mark = mark;
        this.segments = new Segments(mark.directory());
        this.aeron = aeron;
        this.counters = aeron.countersReader();
        segments.prepare();
        archive = Archive.launch(context());
        invoker = archive.invoker();
        AeronArchive connected = null;
        try {
            connected = AeronArchive.connect(clientContext());
            client = connected;
            long[] found = {0, 0};
            int known = client.listRecording(Segments.RECORDING,
                    (_, _, _, _, _, from, to, _, _, _, _, _, _, _, _, _) -> {
                        found[0] = from;
                        found[1] = to;
                    });
            oldest = found[0];
            start = oldest;
            firstSequence = segments.firstSequence(start, found[1]);
            tail = segments.tail(start, found[1], mark.since(local.object().objectId()));
            publication = publish(found[1], known != 0);
            counter = awaitRecording();
        } catch (RuntimeException | Error refused) {
            CloseHelper.quietCloseAll(connected, archive);
            throw refused;
        }
    }

    /// Starts an archive, and records behind what it has.
    ///
    /// @param mark of its directory
    /// @param local the object that is recorded
    /// @param aeron a client whose driver is this gateway's own
    /// @throws GatewayException if the archive refuses the directory
    static RecordingArchive open(RecordingMark mark, LocalObject local, Aeron aeron) {
        try {
            return new RecordingArchive(mark, local, aeron);
        } catch (AeronException | IllegalStateException | IllegalArgumentException refused) {
            throw new GatewayException(("recording '%s': Aeron Archive refuses it: %s; restore the directory, or choose"
                    + " another one").formatted(mark.directory(), firstLine(refused)), refused);
        }
    }

    private static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse(failure.toString());
    }

    private Archive.Context context() {
        String driverDirectory = aeron.context().aeronDirectoryName();
        return new Archive.Context()
                .aeronDirectoryName(driverDirectory)
                .mediaDriverAgentInvoker(aeron.context().driverAgentInvoker())
                .archiveDir(mark.directory().toFile())
                .markFileDir(new File(driverDirectory))      // the lock of the directory is ours
                .threadingMode(ArchiveThreadingMode.INVOKER)
                .controlChannelEnabled(false)
                .localControlChannel(CHANNEL)
                .localControlStreamId(REQUEST_STREAM)
                .recordingEventsEnabled(false)
                .archiveClientContext(new AeronArchive.Context().controlResponseChannel(NOT_USED))
                .replicationChannel(NOT_USED)
                .catalogFileSyncLevel(Archive.Configuration.fileSyncLevel())
                .segmentFileLength(Segments.SEGMENT_BYTES)
                .recordChecksum(new FrameChecksum())
                .replayChecksum(new FrameChecksum())
                .lowStorageSpaceThreshold(0)                 // Recorder looks at the disk
                .errorHandler(this::failed);
    }

    private AeronArchive.Context clientContext() {
        return new AeronArchive.Context()
                .aeron(aeron)
                .ownsAeronClient(false)
                .lock(NoOpLock.INSTANCE)
                .controlRequestChannel(CHANNEL)
                .controlRequestStreamId(REQUEST_STREAM)
                .controlResponseChannel(CHANNEL)
                .controlResponseStreamId(RESPONSE_STREAM)
                .errorHandler(this::failed)
                .agentInvoker(invoker);
    }

    private ExclusivePublication publish(long position, boolean extend) {
        String channel = new ChannelUriStringBuilder()
                .media("ipc")
                .termLength(Segments.TERM_BYTES)
                .initialPosition(position, INITIAL_TERM, Segments.TERM_BYTES)
                .build();
        ExclusivePublication made = aeron.addExclusivePublication(channel, RECORDED_STREAM);
        if (extend) {
            client.extendRecording(Segments.RECORDING, CHANNEL, RECORDED_STREAM, SourceLocation.LOCAL);
        } else {
            client.startRecording(CHANNEL, RECORDED_STREAM, SourceLocation.LOCAL);
        }
        return made;
    }

    private int awaitRecording() {
        long deadline = System.nanoTime() + START_TIMEOUT_NANOS;
        for (;;) {
            int found = RecordingPos.findCounterIdByRecording(
                    counters, Segments.RECORDING, archive.context().archiveId());
            if (found != CountersReader.NULL_COUNTER_ID) {
                return found;
            }
            client.checkForErrorResponse();
            if (failure != null || System.nanoTime() > deadline) {
                throw new ArchiveException(failure == null ? "the recording does not begin" : failure);
            }
            aeron.conductorAgentInvoker().invoke();
            if (invoker.invoke() == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void failed(Throwable reported) {
        lost |= reported instanceof TimeoutException;
        if (!(reported instanceof AeronException minor) || minor.category() != AeronException.Category.WARN) {
            failure = firstLine(reported instanceof Exception named ? named : new IllegalStateException(reported));
        }
    }

    /// What was recorded before this process.
    Segments.Tail tail() {
        return tail;
    }

    /// Where the messages go.
    ExclusivePublication publication() {
        return publication;
    }

    /// Up to which position of the publication the messages are in the files.
    ///
    /// @throws GatewayException if the archive has stopped the recording
    /// @throws MediaLostException if the driver, or a client, is gone
    long recorded() {
        if (!RecordingPos.isActive(counters, counter, Segments.RECORDING)) {
            checkDriver();
            throw new GatewayException(("recording '%s': it has stopped: %s; what was not recorded is still in the"
                    + " object").formatted(mark.directory(), failure == null ? "no reason given" : failure));
        }
        return counters.getCounterValue(counter);
    }

    /// Sequence of the oldest message; 1 if there is none yet.
    long firstSequence() {
        return firstSequence;
    }

    /// Turns the archive.
    ///
    /// @return how much was done
    /// @throws MediaLostException if the driver, or a client, is gone
    int work() {
        int work = invoker.invoke();
        checkDriver();
        return work;
    }

    private void checkDriver() {
        if (lost || invoker.isClosed() || aeron.isClosed() || archive.context().aeron().isClosed()) {
            throw new MediaLostException(
                    new IllegalStateException(failure == null ? "the archive was closed" : failure));
        }
    }

    /// Takes the last failure that was not told yet.
    ///
    /// @return null if there is none
    String takeFailure() {
        String error = client.pollForErrorResponse();
        String told = error == null ? failure : error;
        failure = null;
        return told;
    }

    /// Replays from a sequence, or a little before it, to the end, and goes on with what is recorded then.
    ///
    /// @param sequence 1 at least
    /// @param channel of the publication
    /// @param stream of the publication
    /// @return what [#stopReplay] wants
    long replay(long sequence, String channel, int stream) {
        return client.startReplay(Segments.RECORDING, segments.search(sequence, start, recorded()),
                AeronArchive.REPLAY_ALL_AND_FOLLOW, channel, stream);
    }

    void stopReplay(long replay) {
        try {
            client.stopReplay(replay);
        } catch (ArchiveException _) {
            // it has ended by itself
        }
    }

    /// Lets the recording begin later, in whole files, as long as more remains than a number of bytes.
    ///
    /// @return whether there are files of before that; a replay that reads one keeps them all
    boolean begin(long bytes) {
        long until = AeronArchive.segmentFileBasePosition(
                0, Math.max(start, recorded() - bytes), Segments.TERM_BYTES, Segments.SEGMENT_BYTES);
        if (until > start) {
            start = until;
            firstSequence = segments.firstSequence(start, recorded());
        }
        return start > oldest;
    }

    /// Whether a replay has sent nothing yet of what is kept.
    ///
    /// @param session of the replay
    /// @param stream of the replay
    boolean isBeforeBegin(int session, int stream) {
        boolean[] found = new boolean[1];
        counters.forEach((counter, type, key, _) -> found[0] |= type == AeronCounters.DRIVER_PUBLISHER_POS_TYPE_ID
                && key.getInt(StreamCounter.SESSION_ID_OFFSET) == session
                && key.getInt(StreamCounter.STREAM_ID_OFFSET) == stream
                && counters.getCounterValue(counter) < start);
        return found[0];
    }

    /// Removes the files of before the begin. If that is refused, the next call tries again.
    void removeOldFiles() {
        try {
            client.purgeSegments(Segments.RECORDING, start);
            oldest = start;
            keepsFiles = false;
        } catch (ArchiveException refused) {
            failure = keepsFiles ? failure : "old files stay, and are tried again: " + firstLine(refused);
            keepsFiles = true;
        }
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(publication, client, archive);
    }
}

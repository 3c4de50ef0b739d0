package io.sluice.bench.crossprocess;

import io.sluice.bench.crossprocess.ControlPage.Order;
import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.link.Link;
import io.sluice.bench.link.Place;
import io.sluice.bench.link.Transport;
import io.sluice.bench.report.Series;
import io.sluice.shm.linux.Affinity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// One participant: it executes the orders on the control page, on a thread bound to its core, until it is told to stop
/// or its coordinator has ended. Most participants have a process of their own; where a transport connects threads, all
/// are in one process.
final class Child {
    /// File name of the control page, in the subject's directory.
    static final String CONTROL_FILE = "control";
    /// File name of the latencies of a block, in the subject's directory: a histogram, encoded as in reports.
    static final String LATENCIES_FILE = "latencies";
    /// First word that a participant prints when it is ready; its thread and whether it is bound follow.
    static final String READY = "ready";

    private final Path directory;
    private final ControlPage page;
    private final Participant participant;
    private final Workload workload;
    private final Probe probe;

    private Child(Path directory, Participants participants, int number, Measure measure, Transport transport) {
        this.directory = directory;
        this.page = new ControlPage(directory.resolve(CONTROL_FILE), participants);
        this.participant = new Participant(page, participants, number);
        Link there = transport.open(new Place(directory, "there"));
        Link back = transport.open(new Place(directory, "back"));
        this.workload = measure.open(participant, there, back);
        this.probe = new Probe(page);
    }

    /// Runs some of the participants, each on its thread.
    ///
    /// @param arguments directory, measure, transport, senders, receivers, and for each participant of this process its
    ///         number and its core
    /// @throws InterruptedException never
    public static void main(String[] arguments) throws InterruptedException {
        Thread.ofPlatform().daemon().start(Child::endWithCoordinator);
        List<String> words = List.of(arguments);
        Participants participants = new Participants(Integer.parseInt(words.get(3)), Integer.parseInt(words.get(4)));
        List<Thread> threads = new ArrayList<>();
        for (int i = 5; i < words.size(); i += 2) {
            int number = Integer.parseInt(words.get(i));
            int core = Integer.parseInt(words.get(i + 1));
            threads.add(Thread.ofPlatform().start(() -> participate(words, participants, number, core)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void participate(List<String> words, Participants participants, int number, int core) {
        try {
            boolean pinned = Affinity.pin(core);
            Path directory = Path.of(words.get(0));
            Child child = new Child(
                    directory, participants, number, Measure.valueOf(words.get(1)), Transport.valueOf(words.get(2)));
            System.out.println(READY + " " + thread() + " " + pinned);
            child.run();
        } catch (InterruptedException | IOException | RuntimeException | Error failed) {
            failed.printStackTrace();
            Runtime.getRuntime().halt(1);    // the other participants would spin without end
        }
    }

    private static String thread() throws IOException {
        return Path.of("/proc/thread-self").toRealPath().getFileName().toString();
    }

    /// Ends this process when the coordinator ends: it holds the other end of the standard input and writes nothing.
    private static void endWithCoordinator() {
        try {
            if (System.in.read() < 0) {
                Runtime.getRuntime().halt(2);
            }
        } catch (IOException gone) {
            Runtime.getRuntime().halt(2);
        }
    }

    private void run() throws InterruptedException, IOException {
        int order = 0;
        for (;;) {
            Order wanted = page.awaitOrder(order++);
            switch (wanted) {
                case PROBE -> probe(order);
                case BLOCK -> runBlock(order);
                case STOP -> {
                    page.reportDone();
                    return;
                }
            }
            page.reportDone();
        }
    }

    private void probe(int order) {
        page.arriveAndAwait(participant.number(), order);
        if (!participant.participants().isFirst(participant.number())) {
            return;
        }
        long first = (long) order << Integer.SIZE;
        if (participant.sends()) {
            page.put(participant.number(), Result.PROBE_NANOS, probe.send(first));
        } else {
            probe.receive(first);
        }
    }

    private void runBlock(int order) throws InterruptedException, IOException {
        page.arriveAndAwait(participant.number(), order);
        if (participant.sends()) {
            workload.send(page.millis());
        } else {
            workload.receive();
        }
        Histogram latencies = workload.latencies();
        if (latencies.getTotalCount() > 0) {
            Files.writeString(directory.resolve(LATENCIES_FILE), Series.encode(latencies));
        }
    }
}

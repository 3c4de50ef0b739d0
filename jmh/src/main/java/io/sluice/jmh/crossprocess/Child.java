package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.ControlPage.Order;
import io.sluice.jmh.crossprocess.ControlPage.Result;
import io.sluice.shm.linux.Affinity;
import java.io.IOException;
import java.nio.file.Path;

/// One of the two processes of a contestant: it carries out the orders on the control page, on the thread that it has
/// bound to its core, until told to stop or until its coordinator is gone.
final class Child {
    /// The file of the control page, in the contestant's directory.
    static final String CONTROL_FILE = "control";
    /// What a child prints, followed by a space, when its thread is ready: its number, and whether it is bound.
    static final String READY = "ready";

    private final ControlPage page;
    private final Role role;
    private final Contest contest;
    private final Probe probe;

    private Child(Path directory, Role role, Measure measure, Transport transport) {
        this.page = new ControlPage(directory.resolve(CONTROL_FILE));
        this.role = role;
        Link there = transport.open(new Place(directory, "there"));
        Link back = transport.open(new Place(directory, "back"));
        this.contest = measure.open(page, role, there, back);
        this.probe = new Probe(page);
    }

    /// Plays a role.
    ///
    /// @param arguments directory, role, measure, transport, core
    /// @throws Exception ends the process, and with it the match
    public static void main(String[] arguments) throws Exception {
        Thread.ofPlatform().daemon().start(Child::endWithCoordinator);
        boolean pinned = Affinity.pin(Integer.parseInt(arguments[4]));
        Child child = new Child(
                Path.of(arguments[0]),
                Role.valueOf(arguments[1]),
                Measure.valueOf(arguments[2]),
                Transport.valueOf(arguments[3]));
        System.out.println(READY + " " + thread() + " " + pinned);
        child.run();
    }

    private static String thread() throws IOException {
        return Path.of("/proc/thread-self").toRealPath().getFileName().toString();
    }

    /// The coordinator holds the other end of our standard input, and says nothing there; when it ends, so do we.
    private static void endWithCoordinator() {
        try {
            if (System.in.read() < 0) {
                Runtime.getRuntime().halt(2);
            }
        } catch (IOException gone) {
            Runtime.getRuntime().halt(2);
        }
    }

    private void run() throws InterruptedException {
        int number = 0;
        for (;;) {
            Order order = page.awaitOrder(number++);
            if (order == Order.STOP) {
                page.reportDone();
                return;
            }
            page.meet(role, number);
            switch (order) {
                case PROBE -> probe((long) number << Integer.SIZE);
                case BLOCK -> play();
                case STOP -> throw new AssertionError(order);
            }
            page.reportDone();
        }
    }

    private void probe(long first) {
        if (role == Role.SENDER) {
            page.put(Result.PROBE_NANOS, probe.send(first));
        } else {
            probe.receive(first);
        }
    }

    private void play() throws InterruptedException {
        if (role == Role.SENDER) {
            contest.send(page.millis());
        } else {
            contest.receive();
        }
    }
}

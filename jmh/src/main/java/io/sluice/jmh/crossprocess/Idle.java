package io.sluice.jmh.crossprocess;

import com.sun.management.OperatingSystemMXBean;
import io.sluice.jmh.crossprocess.ControlPage.Result;
import java.lang.management.ManagementFactory;

/// The receiver waits for a message that comes at the end of the block. Counted is the CPU time of its whole process,
/// which the kernel gives in steps of 10 ms.
final class Idle implements Contest {
    private final ControlPage page;
    private final Sender sender;
    private final Receiver receiver;
    private final OperatingSystemMXBean system =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long messages;

    Idle(ControlPage page, Role role, Link link) {
        this.page = page;
        this.sender = role == Role.SENDER ? link.sender() : null;
        this.receiver = role == Role.RECEIVER ? link.receiver() : null;
    }

    @Override
    public void send(long millis) throws InterruptedException {
        Thread.sleep(millis);
        sender.trySend(messages++);
        page.end(messages);
    }

    @Override
    public void receive() throws InterruptedException {
        long start = System.nanoTime();
        long used = system.getProcessCpuTime();
        int count = receiver.await();
        messages += count;
        page.put(Result.CPU_NANOS, system.getProcessCpuTime() - used);
        page.put(Result.NANOS, System.nanoTime() - start);
        page.put(Result.MESSAGES, count);
    }
}

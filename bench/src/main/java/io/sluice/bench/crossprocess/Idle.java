package io.sluice.bench.crossprocess;

import com.sun.management.OperatingSystemMXBean;
import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.link.Link;
import io.sluice.bench.link.Receiver;
import io.sluice.bench.link.Sender;
import java.lang.management.ManagementFactory;

/// The receiver waits for a message that comes at the end of the block. The result is the CPU time of its whole
/// process, which the kernel reports in steps of 10 ms.
final class Idle implements Workload {
    private final ControlPage page;
    private final int number;
    private final Sender sender;
    private final Receiver receiver;
    private final OperatingSystemMXBean system =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long messages;

    Idle(Participant participant, Link link) {
        this.page = participant.page();
        this.number = participant.number();
        this.sender = participant.sender(link);
        this.receiver = participant.receiver(link);
    }

    @Override
    public void send(long millis) throws InterruptedException {
        Thread.sleep(millis);
        sender.trySend(messages++);
        page.sent(number, messages);
    }

    @Override
    public void receive() throws InterruptedException {
        long start = System.nanoTime();
        long used = system.getProcessCpuTime();
        int count = receiver.await();
        messages += count;
        page.put(number, Result.CPU_NANOS, system.getProcessCpuTime() - used);
        page.put(number, Result.NANOS, System.nanoTime() - start);
        page.put(number, Result.MESSAGES, count);
    }
}

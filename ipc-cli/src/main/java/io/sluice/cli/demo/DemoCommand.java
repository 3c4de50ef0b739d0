package io.sluice.cli.demo;

import io.sluice.cli.Table;
import io.sluice.cli.Terminal;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.queue.SharedQueue;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Streams orders from JVM to JVM and shows rates and latencies.
@Command(
        name = "demo",
        description = {
            "Stream orders from one new JVM to another, through a queue of objects and through a zero-copy ring.",
            "For each, a phase at full speed gives the rate, and a phase at a steady rate gives the latencies.",
        },
        mixinStandardHelpOptions = true,
        subcommands = KitchenCommand.class)
public final class DemoCommand implements Callable<Integer> {
    private static final long START_MILLIS = 800;
    private static final long POLL_MILLIS = 100;
    /// The fewest processors for busy spinning: one for each of the two JVMs, and some for their compilers and the rest
    /// of the machine.
    private static final int PROCESSORS_TO_SPIN = 4;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "10",
            description = "Approximate duration, at least 2 (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "100000",
            description = "Orders per second in the steady phases, 1 to 10000000 (default: ${DEFAULT-VALUE}).")
    private long rate;

    @Option(names = "--wait", paramLabel = "STRATEGY",
            description = "How the JVMs wait: ${COMPLETION-CANDIDATES} "
                    + "(default: ADAPTIVE with fewer than four processors, otherwise BUSY_SPIN).")
    private WaitStrategy wait;

    private final boolean terminal = Terminal.is(Terminal.OUT);
    private final Map<Transport, Outcome> outcomes = new EnumMap<>(Transport.class);
    private int finished;

    private DemoCommand() {}

    /// The results of a transport so far.
    private static final class Outcome {
        boolean paced;
        double sentPerSecond = Double.NaN;
        double receivedPerSecond;
        double fastestPerSecond;
        Report.Latency latency;
        Report.Totals sent;
        Report.Totals received;

        boolean isComplete() {
            return sent != null && received != null && latency != null;
        }

        boolean isEqual() {
            return sent.orders() == received.orders() && sent.checksum() == received.checksum();
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        if (seconds < 2 || rate < 1 || rate > 10_000_000) {
            throw new ParameterException(spec.commandLine(), "--seconds must be 2 or more, --rate 1 to 10000000");
        }
        int processors = Runtime.getRuntime().availableProcessors();
        WaitStrategy strategy = wait != null ? wait
                : processors < PROCESSORS_TO_SPIN ? WaitStrategy.ADAPTIVE : WaitStrategy.BUSY_SPIN;
        long phaseMillis = (TimeUnit.SECONDS.toMillis(seconds) - START_MILLIS) / (2L * Transport.values().length);
        try (Children children = new Children("demo")) {
            SharedQueue<Report> reports = Report.queue(children.space());
            Process consumer = children.start("consumer", Consumer.class, strategy, phaseMillis);
            Process producer = children.start("producer", Producer.class, strategy, phaseMillis, rate);
            System.out.printf("producer: process %s, consumer: process %s; %s processors, waiting: %s; in %s%n%n",
                    producer.pid(), consumer.pid(), processors, strategy, children.space().path());
            while (finished < Transport.values().length) {
                Report report = reports.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (report == null) {
                    children.check();
                } else {
                    note(report);
                }
            }
            children.await(producer);
            children.await(consumer);
        }
        printOutcomes();
        boolean equal = outcomes.values().stream().allMatch(Outcome::isEqual);
        if (!equal) {
            System.err.println("sluice: received orders differ from sent orders");
        }
        return equal ? 0 : 1;
    }

    private void note(Report report) {
        switch (report) {
            case Report.Rate now -> {
                Outcome outcome = outcome(now.transport());
                if (outcome.paced != now.paced()) {
                    outcome.paced = now.paced();
                    outcome.sentPerSecond = Double.NaN;
                }
                if (now.side() == Report.Side.PRODUCER) {
                    outcome.sentPerSecond = now.perSecond();
                } else {
                    outcome.receivedPerSecond = now.perSecond();
                    outcome.fastestPerSecond = now.paced() ? outcome.fastestPerSecond : now.perSecond();
                    printRate(now, outcome);
                }
            }
            case Report.Latency latency -> outcome(latency.transport()).latency = latency;
            case Report.Totals totals -> {
                Outcome outcome = outcome(totals.transport());
                if (totals.side() == Report.Side.PRODUCER) {
                    outcome.sent = totals;
                } else {
                    outcome.received = totals;
                }
                finished += outcome.isComplete() ? 1 : 0;
            }
        }
    }

    private Outcome outcome(Transport transport) {
        return outcomes.computeIfAbsent(transport, any -> new Outcome());
    }

    private void printRate(Report.Rate rateNow, Outcome outcome) {
        System.out.printf(Locale.ROOT, "%s%-5s  %-16s  %13s sent/s  %,13.0f received/s%s%s",
                terminal ? Terminal.ERASE_LINE : "",
                name(rateNow.transport()),
                rateNow.paced() ? "at a steady rate" : "at full speed",
                Double.isNaN(outcome.sentPerSecond) ? "?" : String.format(Locale.ROOT, "%,.0f", outcome.sentPerSecond),
                outcome.receivedPerSecond,
                rateNow.last() ? "  (average)" : "",
                rateNow.last() || !terminal ? "\n" : "");
        System.out.flush();
    }

    private void printOutcomes() {
        Table latencies = new Table("latency in µs", ">p50", ">p90", ">p99", ">p99.9", ">max");
        Table totals = new Table("orders", ">per second", ">sent", ">received", "checksums");
        outcomes.forEach((transport, outcome) -> {
            Report.Latency latency = outcome.latency;
            latencies.row(name(transport), micros(latency.p50()), micros(latency.p90()), micros(latency.p99()),
                    micros(latency.p999()), micros(latency.max()));
            totals.row(
                    name(transport),
                    String.format(Locale.ROOT, "%,.0f", outcome.fastestPerSecond),
                    String.format(Locale.ROOT, "%,d", outcome.sent.orders()),
                    String.format(Locale.ROOT, "%,d", outcome.received.orders()),
                    outcome.isEqual() ? "equal" : "DIFFERENT");
        });
        System.out.printf(Locale.ROOT,
                "%nOne-way latency at %,d orders per second, from the intended time of each send:%n%n%s",
                rate, latencies);
        System.out.printf(
                "%nRates at full speed, without the first third of the phase (warm-up); totals of both phases:%n%n%s",
                totals);
    }

    private static String name(Transport transport) {
        return transport.name().toLowerCase(Locale.ROOT);
    }

    private static String micros(long nanos) {
        return String.format(Locale.ROOT, "%,.2f", (double) nanos / 1e3);
    }
}

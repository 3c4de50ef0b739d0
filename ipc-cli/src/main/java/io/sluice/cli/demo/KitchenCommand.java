package io.sluice.cli.demo;

import io.sluice.shm.queue.SharedQueue;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/// Two cooks and two eaters, each a JVM, around one queue.
@Command(
        name = "kitchen",
        description = "Two cooks and two eaters, four JVMs around one queue of buns, and an end marker for each eater.",
        mixinStandardHelpOptions = true)
public final class KitchenCommand implements Callable<Integer> {
    private static final List<String> COOKS = List.of("Ada", "Bob");
    private static final List<String> EATERS = List.of("Carl", "Dora");
    private static final int BUNS_EACH = 5;
    private static final long POLL_MILLIS = 100;

    private KitchenCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        int eaten = 0;
        try (Children children = new Children("kitchen")) {
            SharedQueue<Dish> table = Dish.table(children.space());
            SharedQueue<Integer> bills = Dish.bills(children.space());
            EATERS.forEach(name -> children.start("eater " + name, Eater.class, name));
            List<Process> cooks =
                    COOKS.stream().map(name -> children.start("cook " + name, Cook.class, name, BUNS_EACH)).toList();
            for (Process cook : cooks) {
                children.await(cook);
            }
            for (int i = 0; i < EATERS.size(); i++) {
                table.put(new Dish.KitchenCloses());     // behind the last bun, one for each eater
            }
            for (int i = 0; i < EATERS.size(); ) {
                Integer bill = bills.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (bill == null) {
                    children.check();
                } else {
                    eaten += bill;
                    i++;
                }
            }
        }
        int baked = COOKS.size() * BUNS_EACH;
        System.out.println("kitchen     closes: %s buns baked, %s eaten".formatted(baked, eaten));
        return baked == eaten ? 0 : 1;
    }
}

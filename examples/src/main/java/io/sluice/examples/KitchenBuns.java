package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// Several producers and several consumers on one queue, which ends with one marker for each consumer.
///
/// ```
/// terminal 1:  examples/run KitchenBuns eat Carl
/// terminal 2:  examples/run KitchenBuns eat Dora
/// terminal 3:  examples/run KitchenBuns bake Ada 5       and any number of others
/// terminal 4:  examples/run KitchenBuns close 2          when all cooks are done
/// ```
public final class KitchenBuns {
    sealed interface Dish {}

    record Bun(int number, String cook) implements Dish {}

    record KitchenCloses() implements Dish {}

    private KitchenBuns() {}

    /// Bakes, eats or closes.
    ///
    /// @param arguments `bake NAME COUNT`, `eat NAME` or `close EATERS`
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.open("kitchen");
                var table = space.queue("table", Codec.of(Dish.class), 4)) {    // a small table: cooks wait for eaters
            switch (arguments[0]) {
                case "bake" -> bake(table, arguments[1], Integer.parseInt(arguments[2]));
                case "eat" -> eat(table, arguments[1]);
                case "close" -> close(table, Integer.parseInt(arguments[1]));
                default -> throw new IllegalArgumentException("expected bake, eat or close, found " + arguments[0]);
            }
        }
    }

    private static void bake(SharedQueue<Dish> table, String cook, int buns) throws InterruptedException {
        for (int i = 1; i <= buns; i++) {
            table.put(new Bun(i, cook));
        }
        System.out.println(cook + " baked " + buns);
    }

    private static void eat(SharedQueue<Dish> table, String eater) throws InterruptedException {
        int eaten = 0;
        while (table.take() instanceof Bun bun) {
            System.out.println(eater + " eats bun " + bun.number() + " of " + bun.cook());
            eaten++;
        }
        System.out.println(eater + " ends after " + eaten + " buns");
    }

    /// Puts the markers behind the last bun, and removes the name; processes that have the queue open still use it.
    private static void close(SharedQueue<Dish> table, int eaters) throws InterruptedException {
        for (int i = 0; i < eaters; i++) {
            table.put(new KitchenCloses());
        }
        table.unlink();
    }
}

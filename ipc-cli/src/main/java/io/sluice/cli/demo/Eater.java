package io.sluice.cli.demo;

import io.sluice.shm.queue.SharedQueue;
import java.util.concurrent.ThreadLocalRandom;

/// A JVM that eats buns until it takes an end marker.
final class Eater {
    private static final int LONGEST_MEAL_MILLIS = 80;

    private Eater() {}

    /// Eats buns until the end marker.
    ///
    /// @param arguments name of the space, of the eater
    public static void main(String[] arguments) {
        String name = arguments[1];
        ChildMain.run(arguments[0], space -> {
            SharedQueue<Dish> table = Dish.table(space);
            int eaten = 0;
            while (table.take() instanceof Dish.Bun(int number, String cook)) {
                eaten++;
                System.out.println("eater %-4s  eats bun %s of %s".formatted(name, number, cook));
                Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_MEAL_MILLIS));
            }
            System.out.println("eater %-4s  found the end marker after %s buns".formatted(name, eaten));
            Dish.bills(space).put(eaten);
        });
    }
}

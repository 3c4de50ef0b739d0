package io.sluice.cli.demo;

import io.sluice.shm.queue.SharedQueue;
import java.util.concurrent.ThreadLocalRandom;

/// A JVM that bakes buns.
final class Cook {
    private static final int LONGEST_BAKING_MILLIS = 60;

    private Cook() {}

    /// Bakes buns and puts them on the table.
    ///
    /// @param arguments name of the space, of the cook, number of buns
    public static void main(String[] arguments) {
        String name = arguments[1];
        ChildMain.run(arguments[0], space -> {
            SharedQueue<Dish> table = Dish.table(space);
            for (int bun = 1; bun <= Integer.parseInt(arguments[2]); bun++) {
                Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_BAKING_MILLIS));
                table.put(new Dish.Bun(bun, name));
                System.out.println("cook %-5s  puts bun %s on the table".formatted(name, bun));
            }
            System.out.println("cook %-5s  is done".formatted(name));
        });
    }
}

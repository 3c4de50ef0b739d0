package io.sluice.cli.demo;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// The messages on the table of the kitchen.
sealed interface Dish {
    /// A bun.
    ///
    /// @param number counts the buns of the cook
    /// @param cook name of the cook
    record Bun(int number, String cook) implements Dish {}

    /// The end marker, one for each eater: the eater that takes it ends.
    record KitchenCloses() implements Dish {}

    /// The table has room for only three buns, so that cooks wait for eaters.
    static SharedQueue<Dish> table(SharedSpace space) {
        return space.queue("table", Codec.of(Dish.class), 3);
    }

    /// The number of buns of each eater.
    static SharedQueue<Integer> bills(SharedSpace space) {
        return space.queue("bills", Codec.ints(), 16);
    }
}

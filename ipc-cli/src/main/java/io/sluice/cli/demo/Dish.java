package io.sluice.cli.demo;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// What stands on the table of the kitchen.
sealed interface Dish {
    /// Something to eat.
    ///
    /// @param number of the cook's buns
    /// @param cook who baked it
    record Bun(int number, String cook) implements Dish {}

    /// The end marker: whoever takes it goes home. There is one for each eater.
    record KitchenCloses() implements Dish {}

    /// The table has room for a few buns only, so that cooks wait for eaters.
    static SharedQueue<Dish> table(SharedSpace space) {
        return space.queue("table", Codec.of(Dish.class), 3);
    }

    /// How many buns each eater had.
    static SharedQueue<Integer> bills(SharedSpace space) {
        return space.queue("bills", Codec.ints(), 16);
    }
}

/*
 * A consumer in C for a producer in Java: reads prices in place until the ring ends.
 *
 *   cc -std=c11 -O2 -Wall -Wextra -Werror -I c -o /tmp/take_prices examples/c/take_prices.c -pthread
 *   examples/run PricesWithC put 1000000 &
 *   /tmp/take_prices
 */
#define _GNU_SOURCE
#define SLUICE_IMPLEMENTATION
#include "sluice.h"

#include "prices.h"

int main(void) {
    sluice_space *space;
    sluice_consumer *consumer;
    sluice_error error;
    if (open_space(&space, "take_prices", &error) != SLUICE_OK) {
        return failed(&error);
    }
    if (sluice_consumer_open(&consumer, space, "prices", &error) != SLUICE_OK) {
        sluice_close(space);
        return failed(&error);
    }
    long prices = 0;
    double sum = 0;
    int result = SLUICE_OK;
    while (result == SLUICE_OK) {
        sluice_message message;
        result = sluice_receive(consumer, SLUICE_FOREVER, &message, &error);
        if (result == SLUICE_OK && message.length == sizeof(price)) {
            price next;
            memcpy(&next, message.payload, sizeof next);
            prices++;
            sum += next.price;
            result = sluice_done(consumer, &error);
        }
    }
    sluice_consumer_close(consumer);
    sluice_close(space);
    if (result != SLUICE_END) {
        return failed(&error);
    }
    printf("C took %ld prices, mean %.2f\n", prices, prices == 0 ? 0.0 : sum / (double) prices);
    return 0;
}

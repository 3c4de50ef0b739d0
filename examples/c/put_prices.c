/*
 * A producer in C for a consumer in Java: writes prices in place into a ring, and ends it.
 *
 *   examples/run PricesWithC take &
 *   cc -std=c11 -O2 -Wall -Wextra -Werror -I c -o /tmp/put_prices examples/c/put_prices.c -pthread
 *   /tmp/put_prices 1000000
 */
#define _GNU_SOURCE
#define SLUICE_IMPLEMENTATION
#include "sluice.h"

#include "prices.h"

int main(int count, char **arguments) {
    long prices = count > 1 ? atol(arguments[1]) : 1000;
    sluice_space *space;
    sluice_producer *producer;
    sluice_error error;
    if (open_space(&space, "put_prices", &error) != SLUICE_OK) {
        return failed(&error);
    }
    if (sluice_producer_open(&producer, space, "prices", &error) != SLUICE_OK) {
        sluice_close(space);
        return failed(&error);
    }
    int result = SLUICE_OK;
    for (long i = 0; i < prices && result == SLUICE_OK; i++) {
        void *payload;
        result = sluice_claim(producer, 1, sizeof(price), SLUICE_FOREVER, &payload, &error);
        if (result == SLUICE_OK) {
            price next = {i, 71.25 + (double) (i % 4)};
            memcpy(payload, &next, sizeof next);
            result = sluice_commit(producer, &error);
        }
    }
    sluice_producer_shutdown(producer);
    sluice_producer_close(producer);
    sluice_close(space);
    if (result != SLUICE_OK) {
        return failed(&error);
    }
    printf("C put %ld prices\n", prices);
    return 0;
}

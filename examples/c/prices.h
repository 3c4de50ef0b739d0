/* What the two programs have in common: the message, and how to begin. */
#ifndef PRICES_H
#define PRICES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* 16 bytes, native byte order; PricesWithC.java has the same. */
typedef struct price {
    int64_t number;
    double price;
} price;

static int failed(const sluice_error *error) {
    fprintf(stderr, "%s\n", error->message);
    return 1;
}

/* The JVM makes the space and the ring; waits until both are there. */
static int open_space(sluice_space **space, const char *command, sluice_error *error) {
    for (;;) {
        int result = sluice_open(space, NULL, "prices", command, error);
        if (result == SLUICE_OK) {
            sluice_long *ready;
            result = sluice_long_open(&ready, *space, "ready", error);
            if (result == SLUICE_OK) {
                sluice_long_close(ready);
                return SLUICE_OK;
            }
            sluice_close(*space);
        }
        if (result != SLUICE_NOT_FOUND) {
            return result;
        }
        struct timespec pause = {0, 10000000};
        nanosleep(&pause, NULL);
    }
}

#endif

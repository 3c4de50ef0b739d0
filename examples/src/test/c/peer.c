/*
 * The other side of SluiceHeaderTest: does one thing in the space "c", and says so line by line.
 *
 *   peer COMMAND NAME ...        SLUICE_CRASH names the step at which it kills itself
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void reached(const char *point) {
    const char *crash = getenv("SLUICE_CRASH");
    if (crash != NULL && strcmp(crash, point) == 0) {
        kill(getpid(), SIGKILL);
    }
}

#define SLUICE_CRASH_POINT(point) reached(#point)
#define SLUICE_IMPLEMENTATION
#include "sluice.h"

static sluice_error error;
static sluice_space *space;

static void say(const char *line) {
    printf("%s\n", line);
    fflush(stdout);
}

static void need(int result) {
    if (result != SLUICE_OK) {
        printf("failed %d: %s\n", result, error.message);
        exit(1);
    }
}

static void stay(const char *line) {
    say(line);
    for (;;) {
        pause();
    }
}

/* Holds a lock until it is killed. */
static void hold(char **names) {
    sluice_lock *lock;
    need(sluice_lock_open(&lock, space, names[0], &error));
    need(sluice_lock_take(lock, SLUICE_FOREVER, &error));
    stay("held");
}

/* Takes a lock, or says why not; a poisoned one is repaired and taken again. */
static int repaired(void *context) {
    (void) context;
    say("repairing");
    return 0;
}

static void lock_after_death(char **names) {
    sluice_lock *lock;
    need(sluice_lock_open(&lock, space, names[0], &error));
    say("waiting");
    int result = sluice_lock_take(lock, SLUICE_FOREVER, &error);
    if (result == SLUICE_POISONED) {
        say(error.message);
        need(sluice_lock_recover(lock, repaired, NULL, &error));
        need(sluice_lock_take(lock, SLUICE_FOREVER, &error));
    } else {
        need(result);
    }
    need(sluice_lock_release(lock, &error));
    printf("deaths %u\n", sluice_lock_deaths(lock));
    sluice_lock_close(lock);
}

/* Claims a message of so many bytes, writes it, and stays. */
static void claim(char **names) {
    sluice_producer *producer;
    void *payload;
    size_t length = (size_t) atol(names[1]);
    need(sluice_producer_open(&producer, space, names[0], &error));
    need(sluice_claim(producer, 7, length, SLUICE_FOREVER, &payload, &error));
    memset(payload, 'x', length);
    stay("claimed");
}

/* Sends numbers from 0 on as messages of 8 bytes, followed by so many bytes of the same number. */
static void put(char **names) {
    sluice_producer *producer;
    int64_t most = atol(names[1]);
    need(sluice_producer_open(&producer, space, names[0], &error));
    for (int64_t i = 0; i < most; i++) {
        size_t length = 8 + (size_t) (i * 7 % 120);
        void *payload;
        need(sluice_claim(producer, (int32_t) i, length, SLUICE_FOREVER, &payload, &error));
        memset(payload, (int) (i & 127), length);
        memcpy(payload, &i, sizeof i);
        need(sluice_commit(producer, &error));
    }
    sluice_producer_close(producer);
}

/* Takes messages until the end, checks them, and says how many, and their sum. */
static void take(char **names) {
    sluice_consumer *consumer;
    sluice_message message;
    need(sluice_consumer_open(&consumer, space, names[0], &error));
    say("waiting");
    int64_t count = 0;
    int64_t sum = 0;
    int result;
    while ((result = sluice_receive(consumer, SLUICE_FOREVER, &message, &error)) == SLUICE_OK) {
        int64_t number;
        memcpy(&number, message.payload, sizeof number);
        const char *bytes = (const char *) message.payload;
        for (size_t i = 8; i < message.length; i++) {
            if (bytes[i] != (char) (number & 127)) {
                printf("torn: message %lld has %d at %zu\n", (long long) number, bytes[i], i);
                exit(1);
            }
        }
        if (message.type != (int32_t) number || message.length != 8 + (size_t) (number * 7 % 120)) {
            printf("wrong header of %lld: type %d, %zu bytes\n", (long long) number, message.type, message.length);
            exit(1);
        }
        count++;
        sum += number;
        need(sluice_done(consumer, &error));
    }
    if (result != SLUICE_END) {
        need(result);
    }
    printf("took %lld, sum %lld\n", (long long) count, (long long) sum);
    sluice_consumer_close(consumer);
}

/* Shows a message and stays. */
static void look(char **names) {
    sluice_consumer *consumer;
    sluice_message message;
    need(sluice_consumer_open(&consumer, space, names[0], &error));
    need(sluice_receive(consumer, SLUICE_FOREVER, &message, &error));
    stay("shown");
}

/* Waits for a message within a time. */
static void patience(char **names) {
    sluice_consumer *consumer;
    sluice_message message;
    need(sluice_consumer_open(&consumer, space, names[0], &error));
    printf("%d\n", sluice_receive(consumer, 0, &message, &error));
    printf("%d\n", sluice_receive(consumer, 30000000, &message, &error));
    sluice_consumer_close(consumer);
}

/* Adds one under a lock, in two steps, so many times. */
static void count(char **names) {
    sluice_lock *lock;
    sluice_long *number;
    need(sluice_lock_open(&lock, space, names[0], &error));
    need(sluice_long_open(&number, space, names[1], &error));
    for (long i = atol(names[2]); i > 0; i--) {
        need(sluice_lock_take(lock, SLUICE_FOREVER, &error));
        sluice_long_set(number, sluice_long_get(number) + 1);
        need(sluice_lock_release(lock, &error));
    }
    sluice_long_close(number);
    sluice_lock_close(lock);
}

/* Writes a value whose bytes are equal, and reads it back, so many times. */
static void value(char **names) {
    sluice_value *value;
    need(sluice_value_open(&value, space, names[0], "byte[]", &error));
    size_t capacity = sluice_value_capacity(value);
    unsigned char *bytes = malloc(capacity);
    for (long i = 0; i < atol(names[1]); i++) {
        size_t length = capacity - (size_t) i % 8;
        memset(bytes, (int) (i & 255), length);
        need(sluice_value_write(value, bytes, length, &error));
        need(sluice_value_read(value, bytes, capacity, &length, NULL, &error));
        for (size_t at = 1; at < length; at++) {
            if (bytes[at] != bytes[0]) {
                printf("torn: %d at %zu of %zu, %d at 0\n", bytes[at], at, length, bytes[0]);
                exit(1);
            }
        }
    }
    free(bytes);
    sluice_value_close(value);
}

/* Takes a reentrant lock twice, and tries one that is held. */
static void again(char **names) {
    sluice_lock *lock;
    sluice_lock *held;
    need(sluice_lock_open(&lock, space, names[0], &error));
    need(sluice_lock_open(&held, space, names[1], &error));
    need(sluice_lock_take(lock, 0, &error));
    need(sluice_lock_try(lock, &error));
    need(sluice_lock_release(lock, &error));
    printf("%d\n", sluice_lock_try(held, &error));
    printf("%d\n", sluice_lock_take(held, 0, &error));
    printf("%d\n", sluice_lock_take(held, 30000000, &error));
    need(sluice_lock_release(lock, &error));
    printf("%d\n", sluice_lock_release(lock, &error));
    need(sluice_lock_take(lock, 0, &error));
    need(sluice_lock_take(lock, 0, &error));
    sluice_lock_close(held);
    sluice_lock_close(lock);                      /* counts as a death of the holder */
}

static void refused(int code) {
    printf("%d %s\n", code, error.message);
}

/* What is refused, with its message. */
static void refusals(char **names) {
    (void) names;
    sluice_lock *lock;
    sluice_long *number;
    sluice_producer *producer;
    sluice_consumer *consumer;
    sluice_consumer *second;
    sluice_value *value;
    sluice_space *other;
    void *payload;
    need(sluice_lock_open(&lock, space, "lock", &error));
    need(sluice_consumer_open(&consumer, space, "ring", &error));
    refused(sluice_long_open(&number, space, "nothing", &error));
    refused(sluice_long_open(&number, space, "lock", &error));
    refused(sluice_long_open(&number, space, "int", &error));
    refused(sluice_long_open(&number, space, "../x", &error));
    refused(sluice_value_open(&value, space, "value", "java.lang.String", &error));
    refused(sluice_producer_open(&producer, space, "broadcast", &error));
    refused(sluice_consumer_open(&second, space, "ring", &error));
    refused(sluice_lock_release(lock, &error));
    need(sluice_lock_take(lock, 0, &error));
    refused(sluice_lock_take(lock, 0, &error));
    need(sluice_lock_release(lock, &error));
    need(sluice_producer_open(&producer, space, "ring", &error));
    refused(sluice_claim(producer, 0, 100000, 0, &payload, &error));
    refused(sluice_commit(producer, &error));
    sluice_producer_shutdown(producer);
    refused(sluice_send(producer, 0, "x", 1, 0, &error));
    refused(sluice_open(&other, NULL, "no-such-space", NULL, &error));
    sluice_producer_close(producer);
    sluice_consumer_close(consumer);
    sluice_lock_close(lock);
}

int main(int arguments, char **names) {
    static const struct {
        const char *name;
        void (*run)(char **names);
    } commands[] = {{"hold", hold}, {"lock", lock_after_death}, {"claim", claim}, {"put", put}, {"take", take},
                    {"look", look}, {"patience", patience}, {"count", count}, {"value", value}, {"refusals", refusals},
                    {"again", again}};
    if (arguments < 3) {
        return 2;
    }
    need(sluice_open(&space, NULL, "c", "peer in C", &error));
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, names[1]) == 0) {
            commands[i].run(names + 2);
            sluice_close(space);
            return 0;
        }
    }
    return 2;
}

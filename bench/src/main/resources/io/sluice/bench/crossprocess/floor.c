/* The floors, in C: two processes, each bound to a core, pass a number there and back.
 *
 *   floor lines|futex milliseconds core-of-sender core-of-receiver
 *
 * lines: each spins on a cache line of its own. futex: each sleeps on a word until the other wakes it.
 * Prints the number of round trips and the nanoseconds that they took. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct page {
    _Alignas(128) _Atomic int ping;
    _Alignas(128) _Atomic int pong;
};

static const int LAST = -1;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);    /* if the kernel refuses, the report says that nothing is pinned */
}

static void send(_Atomic int *word, int value, int sleepy) {
    if (sleepy) {
        atomic_store(word, value);
        syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
    } else {
        atomic_store_explicit(word, value, memory_order_release);
    }
}

static int receive(_Atomic int *word, int seen, int sleepy) {
    for (;;) {
        int value = atomic_load_explicit(word, memory_order_acquire);
        if (value != seen) {
            return value;
        }
        if (sleepy) {
            syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
        }
    }
}

static void echo(struct page *page, int sleepy) {
    for (int seen = 0; seen != LAST;) {
        seen = receive(&page->ping, seen, sleepy);
        send(&page->pong, seen, sleepy);
    }
}

int main(int count, char **words) {
    if (count != 5) {
        fprintf(stderr, "floor lines|futex milliseconds core-of-sender core-of-receiver\n");
        return 2;
    }
    int sleepy = strcmp(words[1], "futex") == 0;
    struct page *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    pid_t child = fork();
    if (child == 0) {
        pin(atoi(words[4]));
        echo(page, sleepy);
        _exit(0);
    }
    pin(atoi(words[3]));
    int burst = sleepy ? 16 : 1024;
    int trip = 0;
    long start = now();
    long end = start + atol(words[2]) * 1000000L;
    long time;
    do {
        for (int i = 0; i < burst; i++) {
            send(&page->ping, trip + 1, sleepy);
            receive(&page->pong, trip, sleepy);
            trip++;
        }
        time = now();
    } while (time < end);
    send(&page->ping, LAST, sleepy);
    waitpid(child, NULL, 0);
    printf("%d %ld\n", trip, time - start);
    return 0;
}

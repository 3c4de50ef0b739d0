/*
 * Sluice in C: attaches to a space of Sluice objects as an owner of its own, beside JVMs and other C processes.
 *
 *   #define _GNU_SOURCE                in exactly one file of the program, before its first include
 *   #define SLUICE_IMPLEMENTATION
 *   #include "sluice.h"
 *
 *   cc -std=c11 -O2 -I c program.c -pthread
 *
 * Needs Linux on x86-64 or aarch64, libc, and gcc or clang; nothing else. It knows layout version 5, described in
 * docs/layout.md, whose sections and classes are named here where the same is done in Java.
 *
 * What it leaves to JVMs: to make spaces and objects, and to remove what is temporary. Slots of dead processes it gives
 * back when all are taken; those that objects of other kinds still name, a JVM gives back.
 *
 * What it does: joins a space that a JVM has made; opens rings (SharedRing, one or many producers, one or many
 * consumers), numbers (SharedLong), values (SharedValue) and locks (SharedLock, SharedReentrantLock) that are there. It
 * creates no objects. Other kinds, and broadcasts, are refused with SLUICE_UNSUPPORTED.
 *
 * Owner. The process takes one slot of the space, and holds the lock of the kernel on it for as long as it lives: so
 * `./sluice ps` lists it, and the others notice its death and finish what it had begun. A process that waits here does
 * the same for them, in the objects that it waits in.
 *
 * Threads. A space, and the objects opened in it, may be used by any threads. A producer or consumer of a ring belongs
 * to one thread at a time. A lock belongs to the thread that took it. No thread may use what another one closes.
 *
 * Fork. A child of fork() shares the locks of the kernel, so its parent would not count as dead while the child lives.
 * Fork before sluice_open, or exec at once: every descriptor is closed by exec.
 *
 * Truncation. If another program cuts off a file that is mapped, an access is a SIGBUS.
 *
 * Errors. Each function returns a code of enum sluice_code: 0, or an answer such as SLUICE_EMPTY, or an error. The last
 * argument, which may be NULL, then gets a message that names the object, what was expected, and what was found.
 */
#ifndef SLUICE_H
#define SLUICE_H

#if defined(SLUICE_IMPLEMENTATION) && !defined(_GNU_SOURCE)
#error "sluice.h: define _GNU_SOURCE before the first include, for the locks of open file descriptions"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sluice_code {
    SLUICE_OK = 0,
    /* Answers; no message. */
    SLUICE_FULL = 1,          /* no room in the ring now */
    SLUICE_EMPTY = 2,         /* no message in the ring now */
    SLUICE_END = 3,           /* the ring was shut down and is drained */
    SLUICE_BUSY = 4,          /* another thread has the lock */
    SLUICE_TIMEOUT = 5,       /* the time is over */
    /* Errors. */
    SLUICE_NOT_FOUND = -1,    /* no such space or object */
    SLUICE_MISMATCH = -2,     /* another kind, element type or layout version */
    SLUICE_CORRUPT = -3,      /* the file, or the memory, holds what no participant can have written */
    SLUICE_UNSAFE = -4,       /* a directory or file is not private to this user */
    SLUICE_SPACE_FULL = -5,   /* all slots of the space are taken */
    SLUICE_ROLE_HELD = -6,    /* another process is the only producer, or the only consumer */
    SLUICE_SHUTDOWN = -7,     /* the ring was shut down; the message is not sent */
    SLUICE_POISONED = -8,     /* the holder of the lock died; see sluice_lock_recover */
    SLUICE_NOT_HELD = -9,     /* the calling thread does not have the lock */
    SLUICE_INVALID = -10,     /* an argument, or a call at the wrong time */
    SLUICE_UNSUPPORTED = -11, /* an object that this header does not know */
    SLUICE_SYSTEM = -12       /* Linux refused; the message has the call and the error */
};

typedef struct sluice_error {
    int code;
    char message[512];
} sluice_error;

typedef struct sluice_space sluice_space;
typedef struct sluice_long sluice_long;
typedef struct sluice_value sluice_value;
typedef struct sluice_lock sluice_lock;
typedef struct sluice_producer sluice_producer;
typedef struct sluice_consumer sluice_consumer;

/* A time-out without a limit, in nanoseconds. Zero and less try once. */
#define SLUICE_FOREVER INT64_MAX

/*
 * Joins a space. `root` is the directory of spaces; NULL takes SLUICE_HOME, or /dev/shm/sluice-<uid>.
 * Waits up to ten seconds for a process that removes the space at the same time. `command` is shown by `sluice ps`.
 */
int sluice_open(sluice_space **space, const char *root, const char *name, const char *command, sluice_error *error);

/* Leaves a space: gives back what this process holds. All objects of it must have been closed. NULL does nothing. */
void sluice_close(sluice_space *space);

/* The slot of this process in the space, 1 to 1023: the owner that `sluice ps` and `sluice locks` show. */
int sluice_owner(const sluice_space *space);

/* --- Numbers: SharedLong. Each call is one atomic step, sequentially consistent; a number has no waiters. --- */

int sluice_long_open(sluice_long **number, sluice_space *space, const char *name, sluice_error *error);
void sluice_long_close(sluice_long *number);
int64_t sluice_long_get(const sluice_long *number);
void sluice_long_set(sluice_long *number, int64_t value);
/* Adds, and returns the value before. */
int64_t sluice_long_add(sluice_long *number, int64_t delta);
/* Sets `value` if the number is `expected`, and returns whether it was. */
bool sluice_long_compare_and_set(sluice_long *number, int64_t expected, int64_t value);

/* --- Values: SharedValue, as the bytes that its codec writes. --- */

/* `element_type` is the identity of the codec, such as "byte[]"; NULL takes any. A mismatch names both. */
int sluice_value_open(sluice_value **value, sluice_space *space, const char *name, const char *element_type,
                      sluice_error *error);
void sluice_value_close(sluice_value *value);
/* The longest value, in bytes. */
size_t sluice_value_capacity(const sluice_value *value);
/* Copies the last complete value; never waits for a writer. `to` has `room` bytes, at least the capacity. */
int sluice_value_read(sluice_value *value, void *to, size_t room, size_t *length, uint64_t *version,
                      sluice_error *error);
/* Writes, after the writers that have claimed the value. */
int sluice_value_write(sluice_value *value, const void *from, size_t length, sluice_error *error);

/* --- Locks: SharedLock and SharedReentrantLock. --- */

int sluice_lock_open(sluice_lock **lock, sluice_space *space, const char *name, sluice_error *error);
/* Closes a lock. What this process holds of it counts as after a death of the process: it is poisoned. */
void sluice_lock_close(sluice_lock *lock);
/* Takes the lock within a time. SLUICE_POISONED if its holder died: the caller does not have it then. */
int sluice_lock_take(sluice_lock *lock, int64_t timeout_nanos, sluice_error *error);
/* Takes the lock if it is free now; otherwise SLUICE_BUSY. */
int sluice_lock_try(sluice_lock *lock, sluice_error *error);
int sluice_lock_release(sluice_lock *lock, sluice_error *error);
/*
 * Takes a poisoned lock, calls `repair`, and releases it as usable. If `repair` returns other than 0, or dies, the lock
 * is poisoned as before. SLUICE_BUSY if it is not poisoned, or not any more; SLUICE_INVALID if `repair` refused.
 */
int sluice_lock_recover(sluice_lock *lock, int (*repair)(void *context), void *context, sluice_error *error);
/* How often its holders died. */
uint32_t sluice_lock_deaths(const sluice_lock *lock);

/* --- Rings: SharedRing. --- */

int sluice_producer_open(sluice_producer **producer, sluice_space *space, const char *name, sluice_error *error);
void sluice_producer_close(sluice_producer *producer);
/* The longest message, in bytes. */
size_t sluice_producer_capacity(const sluice_producer *producer);
/*
 * Claims room for a message, to be written in place and then committed or aborted; one claim at a time. `timeout_nanos`
 * 0 tries once: SLUICE_FULL. A longer one ends with SLUICE_TIMEOUT.
 */
int sluice_claim(sluice_producer *producer, int32_t type, size_t length, int64_t timeout_nanos, void **payload,
                 sluice_error *error);
int sluice_commit(sluice_producer *producer, sluice_error *error);
int sluice_abort(sluice_producer *producer, sluice_error *error);
/* Sends a copy: claim, copy, commit. */
int sluice_send(sluice_producer *producer, int32_t type, const void *payload, size_t length, int64_t timeout_nanos,
                sluice_error *error);

int sluice_consumer_open(sluice_consumer **consumer, sluice_space *space, const char *name, sluice_error *error);
void sluice_consumer_close(sluice_consumer *consumer);

/* A message in place; valid until sluice_done. */
typedef struct sluice_message {
    const void *payload;
    size_t length;
    int32_t type;
    uint64_t position;
} sluice_message;

/*
 * Shows the next message, which stays in the ring until sluice_done; a death before that offers it again. Waits within
 * a time: SLUICE_EMPTY or SLUICE_TIMEOUT if none came, SLUICE_END if none will come any more.
 */
int sluice_receive(sluice_consumer *consumer, int64_t timeout_nanos, sluice_message *message, sluice_error *error);
/* Gives the slots of the message shown last back to the producers. */
int sluice_done(sluice_consumer *consumer, sluice_error *error);
/* Ends the ring for all: nothing can be sent any more, consumers take what is there and then see the end. */
void sluice_producer_shutdown(sluice_producer *producer);
void sluice_consumer_shutdown(sluice_consumer *consumer);

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_H */

#if defined(SLUICE_IMPLEMENTATION) && !defined(SLUICE_IMPLEMENTED)
#define SLUICE_IMPLEMENTED

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if !defined(__linux__) || !(defined(__x86_64__) || defined(__aarch64__))
#error "sluice.h: Linux on x86-64 or aarch64 is needed"
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "sluice.h: a little-endian machine is needed"
#endif

/* The steps at which the death of the process has consequences; a test replaces it, see CrashPoint. */
#ifndef SLUICE_CRASH_POINT
#define SLUICE_CRASH_POINT(point) ((void) 0)
#endif

/* ===== Numbers of the layout; docs/layout.md has each. ===== */

enum {
    SLU_VERSION = 5,
    SLU_PAGE = 4096,
    SLU_BODY = 8192,
    SLU_MAX_OWNER = 1023,

    SLU_H_MAGIC = 0, SLU_H_VERSION = 8, SLU_H_KIND = 12, SLU_H_FILE_BYTES = 16, SLU_H_BODY_BYTES = 24,
    SLU_H_PARAMETERS = 56, SLU_H_ELEMENT_BYTES = 144, SLU_H_ELEMENT_TYPE = 152, SLU_H_CHECKSUM = 2044,
    SLU_ELEMENT_TYPE_BYTES = 512,

    SLU_H_COUNTERS = 2048, SLU_C_RECOVERIES = 0, SLU_C_FIRST_BLOCK = 128, SLU_C_BLOCK_BYTES = 128,
    SLU_C_WAITS = 0, SLU_C_BLOCKED_NANOS = 8, SLU_C_WAKE_UPS = 16, SLU_C_LAST_NANOS = 24,
    SLU_C_ROOM = 1, SLU_C_MESSAGE = 2, SLU_C_LOCK = 3, SLU_C_OTHER = 6,     /* why a thread waits */

    SLU_KIND_RING = 1, SLU_KIND_LOCK = 5, SLU_KIND_NUMBER = 11, SLU_KIND_VALUE = 12, SLU_KIND_REGISTRY = 0x524547,

    SLU_S_BYTES = 256, SLU_S_LIFE = 0, SLU_S_COMMAND_BYTES = 12, SLU_S_PID = 16, SLU_S_START = 24, SLU_S_JOINED = 32,
    SLU_S_COMMAND = 40, SLU_COMMAND_BYTES = 216,

    SLU_R_KEY = 0, SLU_R_SLOTS = 8, SLU_R_SLOT_BYTES = 12, SLU_R_LIMIT = 16, SLU_R_TAIL = 128, SLU_R_HEAD = 256,
    SLU_R_RETURNS = 264, SLU_R_ITEMS = 384, SLU_R_SHUTDOWN = 388, SLU_R_SPACE = 512, SLU_R_PRODUCER = 640,
    SLU_R_CONSUMER = 644, SLU_R_ABORTED = 768, SLU_R_GIVEN_BACK = 776, SLU_R_REFUSED = 800,
    SLU_R_WRITERS = 896, SLU_R_FIRST_SLOT = 4096,
    SLU_R_CLAIM_BIAS = 136, SLU_R_TAKE_BIAS = 272, SLU_R_BIAS_AT = 8, SLU_R_BIAS_LENT = 16,
    SLU_M_HEADER = 8, SLU_M_PAYLOAD = 16, SLU_MAX_SLOTS = 32767, SLU_MAX_HINT_LAG = 32,

    SLU_FREE = 0, SLU_CLAIMED = 1, SLU_COMMITTED = 2, SLU_ABORTED = 3, SLU_TAKEN = 4, SLU_DONE = 5, SLU_RETURNED = 6,
    SLU_RELEASED = 8, SLU_OTHER = 9,          /* what Ring.seen adds */

    SLU_ONE = 1, SLU_MANY = 2, SLU_BROADCAST = 3,

    SLU_BIAS_FREE = 0, SLU_BIAS_HELD = 1, SLU_BIAS_REVOKED = 2, SLU_BIAS_SHARED = 3, SLU_BIAS_OWNER_SHIFT = 2,
    SLU_BIAS_NUMBER_SHIFT = 12,

    SLU_L_WORD = 0, SLU_L_DEATHS = 8, SLU_L_EXTRA = 12, SLU_L_HEIR = 16, SLU_L_ACQUISITIONS = 24, SLU_L_VICTIM = 32,
    SLU_L_SLEEPERS = 128, SLU_L_ENTRIES_USED = 132, SLU_L_SIGNATURES = 136, SLU_L_FIRST_ENTRY = 256,
    SLU_L_ENTRY_BYTES = 16, SLU_L_ENTRY_SLEEPER = 8, SLU_SIGNATURES = 15, SLU_GUARD_WAITERS = 240,

    SLU_POLICY_POISON = 0, SLU_POLICY_REPAIR = 1, SLU_POLICY_IGNORE = 2,

    SLU_V_FIRST_CELL = 128, SLU_V_COPIES = 4
};

#define SLU_MAGIC UINT64_C(0x0A0D454349554C53)
#define SLU_POSITION_MASK ((UINT64_C(1) << 56) - 1)
#define SLU_NONE UINT64_MAX
/* The longest sleep; a test takes a longer one, to see that each wake-up comes. */
#ifndef SLU_SLICE_NANOS
#define SLU_SLICE_NANOS INT64_C(20000000)
#endif
#define SLU_LOOK_NANOS INT64_C(10000000)
#define SLU_PATIENCE_SECONDS 10

/* ===== Memory. The modes are those of the Java class Memory. ===== */

/*
 * Words are only accessed by these. Compare-and-set is sequentially consistent, as VarHandle.compareAndSet is; the
 * volatile modes of Java are sequentially consistent loads and stores.
 */
static inline uint64_t slu_acquire64(const void *at) {
    return __atomic_load_n((const uint64_t *) at, __ATOMIC_ACQUIRE);
}

static inline uint32_t slu_acquire32(const void *at) {
    return __atomic_load_n((const uint32_t *) at, __ATOMIC_ACQUIRE);
}

static inline uint64_t slu_volatile64(const void *at) {
    return __atomic_load_n((const uint64_t *) at, __ATOMIC_SEQ_CST);
}

static inline uint32_t slu_volatile32(const void *at) {
    return __atomic_load_n((const uint32_t *) at, __ATOMIC_SEQ_CST);
}

static inline uint64_t slu_opaque64(const void *at) { return __atomic_load_n((const uint64_t *) at, __ATOMIC_RELAXED); }
static inline uint32_t slu_opaque32(const void *at) { return __atomic_load_n((const uint32_t *) at, __ATOMIC_RELAXED); }
static inline void slu_release64(void *at, uint64_t to) { __atomic_store_n((uint64_t *) at, to, __ATOMIC_RELEASE); }
static inline void slu_put_volatile64(void *at, uint64_t to) {
    __atomic_store_n((uint64_t *) at, to, __ATOMIC_SEQ_CST);
}

static inline void slu_put_volatile32(void *at, uint32_t to) {
    __atomic_store_n((uint32_t *) at, to, __ATOMIC_SEQ_CST);
}

static inline void slu_put64(void *at, uint64_t to) { __atomic_store_n((uint64_t *) at, to, __ATOMIC_RELAXED); }
static inline void slu_put32(void *at, uint32_t to) { __atomic_store_n((uint32_t *) at, to, __ATOMIC_RELAXED); }
static inline uint64_t slu_add64(void *at, uint64_t by) {
    return __atomic_fetch_add((uint64_t *) at, by, __ATOMIC_SEQ_CST);
}

static inline uint32_t slu_add32(void *at, uint32_t by) {
    return __atomic_fetch_add((uint32_t *) at, by, __ATOMIC_SEQ_CST);
}

static inline bool slu_cas64(void *at, uint64_t from, uint64_t to) {
    return __atomic_compare_exchange_n((uint64_t *) at, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline bool slu_cas32(void *at, uint32_t from, uint32_t to) {
    return __atomic_compare_exchange_n((uint32_t *) at, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline void slu_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    __asm__ volatile("isb" ::: "memory");
#endif
}

/* ===== Errors. ===== */

static int slu_fail(sluice_error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int slu_fail(sluice_error *error, int code, const char *format, ...) {
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        (void) vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        error->code = code;
    }
    return code;
}

static int slu_system(sluice_error *error, const char *call, const char *what, int number) {
    return slu_fail(error, SLUICE_SYSTEM, "%s('%s'): %s (errno %d)", call, what, strerror(number), number);
}

/* ===== Time. ===== */

static int64_t slu_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t slu_deadline(int64_t timeout_nanos) {
    int64_t now = slu_now();
    return timeout_nanos <= 0 ? now : timeout_nanos > INT64_MAX - now ? SLUICE_FOREVER : now + timeout_nanos;
}

static bool slu_is_over(int64_t deadline) {
    return deadline != SLUICE_FOREVER && deadline - slu_now() <= 0;
}

static void slu_short_pause(void) {
    struct timespec pause = {0, 100000};
    nanosleep(&pause, NULL);
}

/* ===== Locks of the kernel, as in OfdLocks. ===== */

static int slu_fcntl(int descriptor, int command, short type, int64_t start, int64_t length, struct flock *flock) {
    memset(flock, 0, sizeof *flock);
    flock->l_type = type;
    flock->l_whence = SEEK_SET;
    flock->l_start = start;
    flock->l_len = length;
    return fcntl(descriptor, command, flock);
}

static bool slu_try_lock(int descriptor, short type, int64_t start) {
    struct flock flock;
    return slu_fcntl(descriptor, F_OFD_SETLK, type, start, 1, &flock) == 0;
}

static void slu_unlock(int descriptor, int64_t start) {
    struct flock flock;
    (void) slu_fcntl(descriptor, F_OFD_SETLK, F_UNLCK, start, 1, &flock);
}

/* Whether another description has a lock there; if the call fails, it counts as locked. */
static bool slu_is_locked(int descriptor, int64_t start, int64_t length) {
    struct flock flock;
    return slu_fcntl(descriptor, F_OFD_GETLK, F_WRLCK, start, length, &flock) != 0 || flock.l_type != F_UNLCK;
}

/*
 * Agrees on a number with all other users of the file: takes a shared lock that stands for it, then looks for locks
 * that stand for others. Of two users with different numbers at the same time, at least one sees the other.
 */
static bool slu_agree(int descriptor, uint64_t number) {
    const int64_t numbers = INT64_C(1) << 61;
    uint64_t low = number & ((UINT64_C(1) << 60) - 1);
    int64_t at = numbers + (int64_t) (low == 0 ? 1 : low);
    if (!slu_try_lock(descriptor, F_RDLCK, at)) {
        return false;
    }
    if (slu_is_locked(descriptor, numbers, at - numbers) || slu_is_locked(descriptor, at + 1, 0)) {
        slu_unlock(descriptor, at);
        return false;
    }
    return true;
}

/* ===== The fence of both sides, and sleeping; Membarrier and Futex. ===== */

enum { SLU_GLOBAL_EXPEDITED = 2, SLU_REGISTER_GLOBAL_EXPEDITED = 4 };

static bool slu_registered;
static pthread_once_t slu_register_once = PTHREAD_ONCE_INIT;

static void slu_register(void) {
    slu_registered = syscall(SYS_membarrier, SLU_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0;
}

/* The rare side: a full fence here, and in each running thread of each registered process. */
static bool slu_heavy_fence(void) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    /* to a waiter a failure costs a slice, not more: see slu_await */
    return slu_registered && syscall(SYS_membarrier, SLU_GLOBAL_EXPEDITED, 0, 0) == 0;
}

/* The hot side, between its store and its load: the compiler must keep their order; the heavy side does the rest. */
static inline void slu_fence(void) {
    if (slu_registered) {
        __asm__ volatile("" ::: "memory");
    } else {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    }
}

/*
 * The errors all mean the same to a waiter, which looks again: the word differs (EAGAIN), a signal came (EINTR), time
 * is up (ETIMEDOUT). No private flag: the word is shared between processes.
 */
static void slu_futex_wait(void *word, uint32_t expected, int64_t nanos) {
    struct timespec timeout = {nanos / 1000000000, nanos % 1000000000};
    (void) syscall(SYS_futex, word, FUTEX_WAIT, expected, &timeout, NULL, 0);
}

static long slu_futex_wake(void *word, int most) {
    return syscall(SYS_futex, word, FUTEX_WAKE, most, NULL, NULL, 0);
}

/* ===== The event count; EventCount has the proofs. ===== */

enum { SLU_MAY_SLEEP = 1 };

/* Wakes all sleepers, after a change and a fence. Plain load: the fence orders it. */
static void slu_signal_fenced(void *events) {
    uint32_t word = slu_opaque32(events);
    /* If the compare-and-set fails, another signaller has moved the odd word on; it may have woken only one. */
    for (; (word & SLU_MAY_SLEEP) != 0; word = slu_volatile32(events)) {
        if (slu_cas32(events, word, word + 1)) {
            slu_futex_wake(events, INT_MAX);
            return;
        }
    }
}

static void slu_signal(void *events) {
    slu_fence();
    slu_signal_fenced(events);
}

/* Wakes one sleeper; the mark stays while sleepers are left, and the call that finds none clears it and wakes all. */
static void slu_signal_one(void *events) {
    slu_fence();
    uint32_t word = slu_acquire32(events);
    if ((word & SLU_MAY_SLEEP) != 0) {
        uint32_t next = word + SLU_MAY_SLEEP + 1;
        if (slu_cas32(events, word, next) && slu_futex_wake(events, 1) != 1 && slu_cas32(events, next, next + 1)) {
            slu_futex_wake(events, INT_MAX);
        }
    }
}

/* For cleaners: the dead process may have cleared the mark, and not called. */
static void slu_wake_all(void *events) {
    uint32_t word = slu_volatile32(events);
    while ((word & SLU_MAY_SLEEP) != 0 && !slu_cas32(events, word, word + 1)) {
        word = slu_volatile32(events);
    }
    slu_futex_wake(events, INT_MAX);
}

/*
 * Announces a sleeper: sets the mark, then fences for both sides; the caller looks at its condition once more. Its own
 * announcement of before suffices while the word is the same.
 */
static uint32_t slu_announce(void *events, uint32_t before) {
    if ((before & SLU_MAY_SLEEP) != 0 && slu_volatile32(events) == before) {
        return before;
    }
    for (;;) {
        uint32_t word = slu_volatile32(events);
        if ((word & SLU_MAY_SLEEP) != 0 || slu_cas32(events, word, word | SLU_MAY_SLEEP)) {
            SLUICE_CRASH_POINT(WAIT_ANNOUNCED);
            (void) slu_heavy_fence();
            return word | SLU_MAY_SLEEP;
        }
    }
}

/* ===== Files; RegionFile and RegionHeader. ===== */

typedef struct slu_header {
    uint32_t kind;
    uint64_t file_bytes;
    uint64_t body_bytes;
    uint64_t parameters[8];
    char element_type[SLU_ELEMENT_TYPE_BYTES + 1];
} slu_header;

static uint32_t slu_crc32c(const uint8_t *bytes, size_t length) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (UINT32_C(0x82F63B78) & (0 - (crc & 1)));
        }
    }
    return ~crc;
}

static uint32_t slu_get32(const uint8_t *page, size_t at) {
    uint32_t value;
    memcpy(&value, page + at, sizeof value);
    return value;
}

static uint64_t slu_get64(const uint8_t *page, size_t at) {
    uint64_t value;
    memcpy(&value, page + at, sizeof value);
    return value;
}

static int slu_check_private(const char *name, const struct stat *status, bool directory, sluice_error *error) {
    const char *needed = directory ? "directory" : "regular file";
    if (directory ? !S_ISDIR(status->st_mode) : !S_ISREG(status->st_mode)) {
        return slu_fail(error, SLUICE_UNSAFE, "'%s' is not a %s: mode 0%o; repair it yourself, or choose another root",
                        name, needed, (unsigned) status->st_mode);
    }
    if (status->st_uid != geteuid()) {
        return slu_fail(error, SLUICE_UNSAFE, "'%s' belongs to user %u, this is user %u; choose another root",
                        name, (unsigned) status->st_uid, (unsigned) geteuid());
    }
    if ((status->st_mode & 077) != 0) {
        return slu_fail(error, SLUICE_UNSAFE, "'%s' has mode 0%o, 0%o is needed; repair it yourself",
                        name, (unsigned) status->st_mode & 07777, directory ? 0700u : 0600u);
    }
    return SLUICE_OK;
}

static bool slu_is_still(int directory, const char *name, const struct stat *file) {
    struct stat now;
    return fstatat(directory, name, &now, AT_SYMLINK_NOFOLLOW) == 0
            && now.st_dev == file->st_dev && now.st_ino == file->st_ino;
}

static int slu_decode(slu_header *header, const char *name, const uint8_t *page, int64_t file_bytes,
                      sluice_error *error) {
    uint64_t magic = slu_get64(page, SLU_H_MAGIC);
    if (magic != SLU_MAGIC) {
        return slu_fail(error, SLUICE_CORRUPT, "'%s' begins with 0x%016llx, expected 0x%016llx, the mark of Sluice",
                        name, (unsigned long long) magic, (unsigned long long) SLU_MAGIC);
    }
    uint32_t version = slu_get32(page, SLU_H_VERSION);
    if (version != SLU_VERSION) {
        return slu_fail(error, SLUICE_MISMATCH, "'%s': layout version %u, this header reads %d; take the header of the "
                        "release that created it, or recreate it", name, version, SLU_VERSION);
    }
    if (slu_get32(page, SLU_H_CHECKSUM) != slu_crc32c(page, SLU_H_CHECKSUM)) {
        return slu_fail(error, SLUICE_CORRUPT, "'%s': checksum 0x%08x, expected 0x%08x; unlink and recreate it", name,
                        slu_get32(page, SLU_H_CHECKSUM), slu_crc32c(page, SLU_H_CHECKSUM));
    }
    header->kind = slu_get32(page, SLU_H_KIND);
    header->file_bytes = slu_get64(page, SLU_H_FILE_BYTES);
    header->body_bytes = slu_get64(page, SLU_H_BODY_BYTES);
    if (file_bytes < SLU_BODY || header->file_bytes != (uint64_t) file_bytes || header->file_bytes % SLU_PAGE != 0
            || header->body_bytes > header->file_bytes - SLU_BODY
            || header->file_bytes - SLU_BODY - header->body_bytes >= SLU_PAGE) {
        return slu_fail(error, SLUICE_CORRUPT, "'%s': a file of %lld bytes, expected %llu with a body of %llu",
                        name, (long long) file_bytes, (unsigned long long) header->file_bytes,
                        (unsigned long long) header->body_bytes);
    }
    for (int i = 0; i < 8; i++) {
        header->parameters[i] = slu_get64(page, SLU_H_PARAMETERS + (size_t) i * 8);
    }
    uint32_t length = slu_get32(page, SLU_H_ELEMENT_BYTES);
    if (length > SLU_ELEMENT_TYPE_BYTES) {
        return slu_fail(error, SLUICE_CORRUPT, "'%s': an element type of %u bytes, at most %d expected", name, length,
                        SLU_ELEMENT_TYPE_BYTES);
    }
    memcpy(header->element_type, page + SLU_H_ELEMENT_TYPE, length);
    header->element_type[length] = 0;
    return SLUICE_OK;
}

/* Opens and checks a file; SLUICE_NOT_FOUND without a message if nothing has the name. */
static int slu_open_file(int *descriptor, struct stat *status, slu_header *header, int directory, const char *name,
                         sluice_error *error) {
    int opened = openat(directory, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0) {
        return errno == ENOENT ? SLUICE_NOT_FOUND
                : errno == ELOOP || errno == EISDIR
                ? slu_fail(error, SLUICE_UNSAFE, "'%s' is a link or a directory, expected a regular file", name)
                : slu_system(error, "openat", name, errno);
    }
    uint8_t page[SLU_PAGE];
    int result;
    if (fstat(opened, status) != 0) {
        result = slu_system(error, "fstat", name, errno);
    } else {
        result = slu_check_private(name, status, false, error);
    }
    if (result == SLUICE_OK && status->st_nlink > 1) {
        result = slu_fail(error, SLUICE_UNSAFE, "'%s' has %lu names, 1 is expected; remove the others", name,
                          (unsigned long) status->st_nlink);
    }
    if (result == SLUICE_OK) {
        ssize_t count = pread(opened, page, sizeof page, 0);
        result = count == (ssize_t) sizeof page
                ? slu_decode(header, name, page, status->st_size, error)
                : slu_fail(error, SLUICE_CORRUPT, "'%s' has %lld bytes, expected a header of %d", name,
                           (long long) status->st_size, SLU_PAGE);
    }
    if (result != SLUICE_OK) {
        close(opened);
        return result;
    }
    *descriptor = opened;
    return SLUICE_OK;
}

/* ===== The space and its registry; Registry. ===== */

typedef struct slu_object slu_object;

struct sluice_space {
    char path[PATH_MAX];
    int directory;
    int alive;
    int registry_file;
    uint8_t *registry;
    size_t registry_bytes;
    uint32_t slots;
    uint32_t first_generation;
    uint32_t self;
    uint32_t token;
    pthread_mutex_t opening;       /* guards the list of objects */
    slu_object *objects;
};

/* An object that is open here: one mapping, however often it is opened, since one description has its place. */
struct slu_object {
    sluice_space *space;
    slu_object *next;
    int uses;
    char name[65];
    int descriptor;
    struct stat status;
    slu_header header;
    uint8_t *file;
    uint8_t *body;
    /* the lock of the kernel excludes other processes, this one excludes other threads */
    pthread_mutex_t in_place;
};

static uint8_t *slu_slot(const sluice_space *space, uint32_t slot) {
    return space->registry + SLU_BODY + (size_t) slot * SLU_S_BYTES;
}

static uint64_t slu_life(const sluice_space *space, uint32_t slot) {
    return slu_volatile64(slu_slot(space, slot) + SLU_S_LIFE);
}

static uint32_t slu_token(const sluice_space *space, uint32_t slot, uint64_t life) {
    return (uint32_t) (((space->first_generation + (life >> 1)) % (1u << 20)) << 10) | slot;
}

static bool slu_is_life(const sluice_space *space, uint32_t slot, uint32_t entry) {
    if (slot > space->slots) {
        return false;
    }
    uint64_t life = slu_life(space, slot);
    return (life & 1) != 0 && slu_token(space, slot, life) == entry;
}

/* The registry names that life, and its byte is locked; read again, so the lock was that of this life. */
static bool slu_is_alive(const sluice_space *space, uint32_t slot, uint32_t entry) {
    return entry == space->token
            || (slu_is_life(space, slot, entry) && slu_is_locked(space->alive, slot, 1)
                && slu_is_life(space, slot, entry));
}

static int64_t slu_millis(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* When this process was started; 0 if /proc does not tell. For display. */
static int64_t slu_start_millis(void) {
    char text[1024];
    int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0) {
        close(file);
    }
    if (count <= 0) {
        return 0;
    }
    text[count] = 0;
    const char *at = strrchr(text, ')');       /* the name before it may have blanks and parentheses */
    for (int field = 0; at != NULL && field < 20; field++) {
        at = strchr(at + 1, ' ');
    }
    struct timespec boot;
    long ticks_per_second = sysconf(_SC_CLK_TCK);
    if (at == NULL || ticks_per_second <= 0 || clock_gettime(CLOCK_BOOTTIME, &boot) != 0) {
        return 0;
    }
    int64_t since_boot = (int64_t) boot.tv_sec * 1000 + boot.tv_nsec / 1000000;
    return slu_millis() - since_boot + strtoll(at + 1, NULL, 10) * 1000 / ticks_per_second;
}

/* The process that gets the slot writes what is for display, and then its life: from here on it is alive. */
static void slu_describe(sluice_space *space, uint32_t slot, const char *command) {
    uint8_t *at = slu_slot(space, slot);
    size_t length = command == NULL ? 0 : strlen(command);
    if (length > SLU_COMMAND_BYTES) {
        length = SLU_COMMAND_BYTES;
    }
    slu_put64(at + SLU_S_PID, (uint64_t) getpid());
    slu_put64(at + SLU_S_START, (uint64_t) slu_start_millis());
    slu_put64(at + SLU_S_JOINED, (uint64_t) slu_millis());
    memcpy(at + SLU_S_COMMAND, command == NULL ? "" : command, length);
    slu_put32(at + SLU_S_COMMAND_BYTES, (uint32_t) length);
    slu_put_volatile64(at + SLU_S_LIFE, ((slu_life(space, slot) >> 1) + 1) << 1 | 1);
}

/* A slot that is free, under the byte 1024 + slot, so that of several processes one takes it. See Registry, 1 to 3. */
static bool slu_take_slot(sluice_space *space, const char *command) {
    for (uint32_t slot = 1; slot <= space->slots; slot++) {
        if ((slu_life(space, slot) & 1) != 0 || !slu_try_lock(space->alive, F_WRLCK, 1024 + (int64_t) slot)) {
            continue;
        }
        bool taken = (slu_life(space, slot) & 1) == 0 && slu_try_lock(space->alive, F_WRLCK, slot);
        if (taken) {
            SLUICE_CRASH_POINT(JOIN_LOCKED);
            slu_describe(space, slot, command);
            SLUICE_CRASH_POINT(JOIN_LIVE);
            space->self = slot;
            space->token = slu_token(space, slot, slu_life(space, slot));
        }
        slu_unlock(space->alive, 1024 + (int64_t) slot);
        if (taken) {
            return true;
        }
    }
    return false;
}

static bool slu_name_is_allowed(const char *name) {
    size_t length = name == NULL ? 0 : strlen(name);
    if (length < 1 || length > 64) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char one = name[i];
        bool letter = (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9');
        if (!letter && (i == 0 || (one != '.' && one != '_' && one != '-'))) {
            return false;
        }
    }
    return true;
}

static int slu_check_name(const char *what, const char *name, sluice_error *error) {
    return slu_name_is_allowed(name) ? SLUICE_OK
            : slu_fail(error, SLUICE_INVALID, "%s '%s': a name has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a "
                       "letter or a digit", what, name == NULL ? "(null)" : name);
}

static void slu_drop_space(sluice_space *space) {
    if (space->registry != NULL) {
        munmap(space->registry, space->registry_bytes);
    }
    int descriptors[] = {space->registry_file, space->alive, space->directory};
    for (int i = 0; i < 3; i++) {
        if (descriptors[i] >= 0) {
            close(descriptors[i]);
        }
    }
    pthread_mutex_destroy(&space->opening);
    free(space);
}

static int slu_open_directory(int *descriptor, const char *path, sluice_error *error) {
    struct stat status;
    if (lstat(path, &status) != 0) {
        return errno == ENOENT
                ? slu_fail(error, SLUICE_NOT_FOUND, "'%s': no such directory; a JVM makes it (SharedSpace.open)", path)
                : slu_system(error, "lstat", path, errno);
    }
    int result = slu_check_private(path, &status, true, error);
    if (result != SLUICE_OK) {
        return result;
    }
    int opened = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (opened < 0) {
        return slu_system(error, "open", path, errno);
    }
    if (fstat(opened, &status) != 0) {
        result = slu_system(error, "fstat", path, errno);
    } else {
        result = slu_check_private(path, &status, true, error);    /* decides: the path may have changed */
    }
    if (result != SLUICE_OK) {
        close(opened);
        return result;
    }
    *descriptor = opened;
    return SLUICE_OK;
}

static void slu_reclaim(sluice_space *space);

/* One attempt to join; *again says that the space is being removed at this moment. */
static int slu_join(sluice_space *space, const char *command, bool *again, sluice_error *error) {
    struct stat directory;
    struct stat alive;
    struct stat registry;
    struct stat there;
    slu_header header;
    int result = slu_open_directory(&space->directory, space->path, error);
    if (result != SLUICE_OK) {
        return result;
    }
    if (fstat(space->directory, &directory) != 0) {
        return slu_system(error, "fstat", space->path, errno);
    }
    space->alive = openat(space->directory, ".alive", O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (space->alive < 0) {
        *again = errno == ENOENT;
        return *again
                ? slu_fail(error, SLUICE_NOT_FOUND, "'%s' has no file '.alive': no process has joined it, or the last "
                           "one removes it", space->path)
                : slu_system(error, "openat", ".alive", errno);
    }
    if (fstat(space->alive, &alive) != 0) {
        return slu_system(error, "fstat", ".alive", errno);
    }
    result = slu_check_private(".alive", &alive, false, error);
    if (result != SLUICE_OK) {
        return result;
    }
    /* The door: held shared while this process joins, so that the last one cannot remove the space meanwhile. */
    if (!slu_try_lock(space->alive, F_RDLCK, 0) || !slu_is_still(space->directory, ".alive", &alive)
            || lstat(space->path, &there) != 0 || there.st_ino != directory.st_ino
            || there.st_dev != directory.st_dev) {
        *again = true;
        return slu_fail(error, SLUICE_NOT_FOUND, "'%s': another process removes the space and does not go on; continue "
                        "or end that one", space->path);
    }
    result = slu_open_file(&space->registry_file, &registry, &header, space->directory, ".registry", error);
    if (result == SLUICE_NOT_FOUND) {
        *again = true;
        return slu_fail(error, SLUICE_NOT_FOUND, "'%s' has no file '.registry': no JVM has joined it", space->path);
    }
    if (result != SLUICE_OK) {
        return result;
    }
    uint64_t slots = header.parameters[0];
    if (header.kind != SLU_KIND_REGISTRY || slots < 1 || slots > SLU_MAX_OWNER
            || header.body_bytes != (slots + 1) * SLU_S_BYTES) {
        return slu_fail(error, SLUICE_CORRUPT, "'%s/.registry': kind 0x%x with %llu slots in %llu bytes, expected a "
                        "registry of owners", space->path, header.kind, (unsigned long long) slots,
                        (unsigned long long) header.body_bytes);
    }
    if (!slu_try_lock(space->registry_file, F_RDLCK, 0)) {
        *again = true;
        return slu_fail(error, SLUICE_NOT_FOUND, "'%s/.registry': another process removes it", space->path);
    }
    space->slots = (uint32_t) slots;
    space->first_generation = (uint32_t) (header.parameters[1] & INT32_MAX);
    space->registry_bytes = header.file_bytes;
    void *mapped = mmap(NULL, space->registry_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, space->registry_file, 0);
    if (mapped == MAP_FAILED) {
        return slu_system(error, "mmap", ".registry", errno);
    }
    space->registry = (uint8_t *) mapped;
    slu_unlock(space->registry_file, 0);
    if (!slu_agree(space->registry_file, alive.st_ino) || !slu_agree(space->alive, registry.st_ino)) {
        return slu_fail(error, SLUICE_CORRUPT, "space '%s': '.alive' or '.registry' was replaced while processes are "
                        "in the space; when all have closed it, it can be opened again", space->path);
    }
    if (!slu_take_slot(space, command)) {
        slu_reclaim(space);
        if (!slu_take_slot(space, command)) {
            return slu_fail(error, SLUICE_SPACE_FULL, "space '%s': all %u places are taken, 1 is needed; close a "
                            "process, or recreate it with more", space->path, space->slots);
        }
    }
    slu_unlock(space->alive, 0);
    return SLUICE_OK;
}

int sluice_open(sluice_space **space, const char *root, const char *name, const char *command, sluice_error *error) {
    *space = NULL;
    int result = slu_check_name("space", name, error);
    if (result != SLUICE_OK) {
        return result;
    }
    pthread_once(&slu_register_once, slu_register);
    char usual[64];
    const char *parent = root != NULL ? root : getenv("SLUICE_HOME");
    if (parent == NULL || parent[0] == 0) {
        (void) snprintf(usual, sizeof usual, "/dev/shm/sluice-%u", (unsigned) geteuid());
        parent = usual;
    }
    int64_t deadline = slu_deadline(INT64_C(1000000000) * SLU_PATIENCE_SECONDS);
    for (;;) {
        int root_directory;
        result = slu_open_directory(&root_directory, parent, error);
        if (result != SLUICE_OK) {
            return result;
        }
        close(root_directory);
        sluice_space *joining = (sluice_space *) calloc(1, sizeof *joining);
        if (joining == NULL) {
            return slu_system(error, "calloc", name, ENOMEM);
        }
        joining->directory = joining->alive = joining->registry_file = -1;
        pthread_mutex_init(&joining->opening, NULL);
        bool again = false;
        if ((size_t) snprintf(joining->path, sizeof joining->path, "%s/%s", parent, name) >= sizeof joining->path) {
            result = slu_fail(error, SLUICE_INVALID, "root '%s': the path is too long", parent);
        } else {
            result = slu_join(joining, command, &again, error);
        }
        if (result == SLUICE_OK) {
            *space = joining;
            return SLUICE_OK;
        }
        slu_drop_space(joining);
        if (!again || slu_is_over(deadline)) {
            return result;
        }
        slu_short_pause();
    }
}

int sluice_owner(const sluice_space *space) {
    return (int) space->self;
}

static void slu_detach(slu_object *object);

void sluice_close(sluice_space *space) {
    if (space == NULL) {
        return;
    }
    while (space->objects != NULL) {           /* what the caller forgot: left as by a death */
        space->objects->uses = 1;
        slu_detach(space->objects);
    }
    SLUICE_CRASH_POINT(LEAVE_BEFORE_FREE);
    /* Nothing is left in any object, so the slot is free; then the byte, so that the registry is right first. */
    uint8_t *life = slu_slot(space, space->self) + SLU_S_LIFE;
    slu_put_volatile64(life, slu_volatile64(life) & ~UINT64_C(1));
    slu_unlock(space->alive, space->self);
    slu_drop_space(space);
}

/* ===== Participants of an object, and its recovery; Participants, Cleaner, ObjectRecovery. ===== */

static uint8_t *slu_entry(const slu_object *object, uint32_t slot) {
    return object->file + SLU_PAGE + (size_t) slot * 4;
}

static uint32_t slu_highest(const slu_object *object) {
    uint32_t highest = slu_volatile32(slu_entry(object, 0)) & 0xFFFF;
    return highest > SLU_MAX_OWNER ? SLU_MAX_OWNER : highest;
}

static bool slu_is_set_aside(const slu_object *object) {
    return (slu_volatile32(slu_entry(object, 0)) >> 16 & 0x3FFF) == 0x15A5;
}

static void slu_set_aside(slu_object *object) {
    uint8_t *at = slu_entry(object, 0);
    uint32_t seen = slu_volatile32(at);
    while ((seen >> 16 & 0x3FFF) != 0x15A5
            && !slu_cas32(at, seen, (seen & ~(UINT32_C(0x3FFF) << 16)) | UINT32_C(0x15A5) << 16)) {
        seen = slu_volatile32(at);
    }
}

static int slu_refuse_set_aside(const slu_object *object, sluice_error *error) {
    return slu_fail(error, SLUICE_CORRUPT, "'%s' in '%s' was set aside: what a dead process held in it cannot be given "
                    "back, since its contents are damaged; unlink it and create it again", object->name,
                    object->space->path);
}

/* The largest slot first, so that no sweep stops short of the new entry. */
static void slu_enter(slu_object *object) {
    uint32_t slot = object->space->self;
    uint8_t *at = slu_entry(object, 0);
    uint32_t seen = slu_volatile32(at);
    while ((seen & 0xFFFF) < slot && !slu_cas32(at, seen, (seen & ~UINT32_C(0xFFFF)) | slot)) {
        seen = slu_volatile32(at);
    }
    slu_put_volatile32(slu_entry(object, slot), object->space->token);
}

static bool slu_recover_body(slu_object *object, uint32_t slot, uint64_t pid);

/*
 * Finishes what the process in a slot had begun, and clears its entry, last: so another cleaner begins again after a
 * death of this one. The caller holds the place of the slot. A body that is damaged sets the object aside.
 */
static void slu_finish(slu_object *object, uint32_t slot, uint64_t pid) {
    if (slu_is_set_aside(object) || slu_volatile32(slu_entry(object, slot)) == 0) {
        return;
    }
    SLUICE_CRASH_POINT(RECOVER_BEGUN);
    if (slu_recover_body(object, slot, pid)) {
        SLUICE_CRASH_POINT(RECOVER_OBJECT_DONE);
        if (pid != (uint64_t) getpid()) {                       /* not its own, at the end of its use */
            (void) slu_add64(object->file + SLU_H_COUNTERS + SLU_C_RECOVERIES, 1);
        }
        slu_put_volatile32(slu_entry(object, slot), 0);
    } else {
        slu_set_aside(object);
    }
}

static void slu_recover_slot(slu_object *object, uint32_t slot) {
    pthread_mutex_lock(&object->in_place);
    /* its process is dead, and no other cleans up after it */
    if (slu_try_lock(object->descriptor, F_WRLCK, slot)) {
        uint32_t entry = slu_volatile32(slu_entry(object, slot));
        uint64_t pid = slot <= object->space->slots ? slu_opaque64(slu_slot(object->space, slot) + SLU_S_PID) : 0;
        slu_finish(object, slot, slu_is_life(object->space, slot, entry) ? pid : 0);
        slu_unlock(object->descriptor, slot);
    }
    pthread_mutex_unlock(&object->in_place);
}

/* Looks for dead participants; a waiter calls it after each slice. */
static int slu_sweep(slu_object *object, sluice_error *error) {
    uint32_t highest = slu_highest(object);
    for (uint32_t slot = 1; slot <= highest; slot++) {
        uint32_t entry = slu_volatile32(slu_entry(object, slot));
        if (entry != 0 && slot != object->space->self && !slu_is_alive(object->space, slot, entry)) {
            slu_recover_slot(object, slot);
        }
    }
    return slu_is_set_aside(object) ? slu_refuse_set_aside(object, error) : SLUICE_OK;
}

/* ===== Waiting; Waiter. ===== */

typedef bool (*slu_condition)(void *context);

/* Adds the time since then to what the object counts, and answers with the time now. WaitCounters. */
static int64_t slu_blocked_since(uint8_t *block, int64_t since) {
    int64_t now = slu_now();
    (void) slu_add64(block + SLU_C_BLOCKED_NANOS, (uint64_t) (now - since));
    return now;
}

static int slu_sleep_until(slu_object *object, void *events, slu_condition condition, void *context, int64_t deadline,
                           uint8_t *block, int64_t *counted, sluice_error *error) {
    int64_t swept = slu_now();
    uint32_t announced = 0;
    for (;;) {
        announced = slu_announce(events, announced);
        if (condition(context)) {
            return SLUICE_OK;
        }
        int64_t slice = SLU_SLICE_NANOS;
        if (deadline != SLUICE_FOREVER) {
            int64_t left = deadline - slu_now();
            if (left <= 0) {
                return SLUICE_TIMEOUT;
            }
            slice = left < slice ? left : slice;
        }
        slu_futex_wait(events, announced, slice);
        (void) slu_add64(block + SLU_C_WAKE_UPS, 1);
        if (condition(context)) {
            return SLUICE_OK;
        }
        *counted = slu_blocked_since(block, *counted);
        slu_put64(block + SLU_C_LAST_NANOS, (uint64_t) *counted);
        if (*counted - swept >= SLU_SLICE_NANOS) {
            int result = slu_sweep(object, error);
            if (result != SLUICE_OK) {
                return result;
            }
            swept = slu_now();
        }
    }
}

/*
 * Looks, spins, yields, announces, sleeps a slice, looks again. No sleep is longer than a slice: a signaller may be
 * stopped or killed between its change and its call, and then only the next look finds it. What outlasts the first
 * spins is counted in the object: once for all rounds that share `rounds`, which may be NULL.
 */
static int slu_await(slu_object *object, void *events, slu_condition condition, void *context, int64_t deadline,
                     uint32_t reason, bool *rounds, sluice_error *error) {
    if (condition(context)) {
        return SLUICE_OK;
    }
    if (slu_is_over(deadline)) {
        return SLUICE_TIMEOUT;
    }
    for (int spin = 0; spin < 400; spin++) {
        slu_pause();
        if (condition(context)) {
            return SLUICE_OK;
        }
    }
    uint8_t *block = object->file + SLU_H_COUNTERS + SLU_C_FIRST_BLOCK + (reason - 1) * SLU_C_BLOCK_BYTES;
    int64_t counted = slu_now();
    if (rounds == NULL || !*rounds) {
        (void) slu_add64(block + SLU_C_WAITS, 1);
        slu_put64(block + SLU_C_LAST_NANOS, (uint64_t) counted);
    }
    if (rounds != NULL) {
        *rounds = true;
    }
    bool met = false;
    for (int yield = 0; !met && yield < 16; yield++) {
        sched_yield();
        met = condition(context);
    }
    int result = met ? SLUICE_OK
            : slu_sleep_until(object, events, condition, context, deadline, block, &counted, error);
    (void) slu_blocked_since(block, counted);
    return result;
}

/* ===== Attaching to an object; Region.attach, Cleaner.enter. ===== */

static const char *slu_kind_name(uint32_t kind) {
    static const char *const names[] = {"?", "ring", "queue", "task-queue", "pipe", "lock", "read-write-lock",
            "semaphore", "event", "latch", "barrier", "number", "value", "array", "value-array", "service"};
    return kind < sizeof names / sizeof names[0] ? names[kind] : "unknown kind";
}

static void slu_drop_object(slu_object *object) {
    if (object->file != NULL) {
        munmap(object->file, object->header.file_bytes);    /* first: a mapping keeps the locks of its description */
    }
    if (object->descriptor >= 0) {
        close(object->descriptor);
    }
    pthread_mutex_destroy(&object->in_place);
    free(object);
}

static int slu_check_body(const slu_object *object, sluice_error *error);

/* One attempt to attach; *again says that another process removes the object, or cleans up in the place of this one. */
static int slu_try_attach(slu_object *object, uint32_t kind, bool *again, sluice_error *error) {
    const char *name = object->name;
    sluice_space *space = object->space;
    int result = slu_open_file(&object->descriptor, &object->status, &object->header, space->directory, name, error);
    if (result == SLUICE_NOT_FOUND) {
        return slu_fail(error, result, "'%s': nothing in '%s' has this name, a %s is expected; create it in a JVM, or "
                        "wait for its creator", name, space->path, slu_kind_name(kind));
    }
    if (result != SLUICE_OK) {
        return result;
    }
    if (object->header.kind != kind) {
        return slu_fail(error, SLUICE_MISMATCH, "'%s' is a %s, expected a %s", name,
                        slu_kind_name(object->header.kind), slu_kind_name(kind));
    }
    result = slu_check_body(object, error);
    if (result != SLUICE_OK) {
        return result;
    }
    if (!slu_try_lock(object->descriptor, F_RDLCK, 0) || !slu_is_still(space->directory, name, &object->status)) {
        *again = true;
        return slu_fail(error, SLUICE_NOT_FOUND, "'%s': another process is about to remove it and does not go on; "
                        "continue or end that process", name);
    }
    void *mapped = mmap(NULL, object->header.file_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, object->descriptor, 0);
    if (mapped == MAP_FAILED) {
        return slu_system(error, "mmap", name, errno);
    }
    object->file = (uint8_t *) mapped;
    object->body = object->file + SLU_BODY;
    if (!slu_try_lock(object->descriptor, F_WRLCK, space->self)) {
        *again = true;
        return slu_fail(error, SLUICE_CORRUPT, "'%s': another process has place %u there: it cleans up after an "
                        "earlier one and does not go on; continue or end it", name, space->self);
    }
    slu_finish(object, space->self, 0);       /* an entry of an earlier life of the slot */
    if (slu_is_set_aside(object)) {
        return slu_refuse_set_aside(object, error);
    }
    slu_enter(object);
    slu_unlock(object->descriptor, 0);
    SLUICE_CRASH_POINT(ATTACH_JOINED);
    return SLUICE_OK;
}

/*
 * Finishes in one object what dead processes had begun, and notes which slots still stand in its table. A file that is
 * no object has no table; the entries of one that is set aside no longer count.
 */
static void slu_recover_object(sluice_space *space, const char *name, bool *stands) {
    slu_object *object = (slu_object *) calloc(1, sizeof *object);
    if (object == NULL) {
        memset(stands, 1, SLU_MAX_OWNER + 1);
        return;
    }
    object->space = space;
    object->descriptor = -1;
    memcpy(object->name, name, strlen(name) + 1);
    pthread_mutex_init(&object->in_place, NULL);
    int result = slu_open_file(&object->descriptor, &object->status, &object->header, space->directory, name, NULL);
    void *mapped = result != SLUICE_OK ? MAP_FAILED
            : mmap(NULL, object->header.file_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, object->descriptor, 0);
    if (mapped != MAP_FAILED) {
        object->file = (uint8_t *) mapped;
        object->body = object->file + SLU_BODY;
        bool known = slu_check_body(object, NULL) == SLUICE_OK;
        uint32_t highest = slu_is_set_aside(object) ? 0 : slu_highest(object);
        for (uint32_t slot = 1; slot <= highest; slot++) {
            uint32_t entry = slu_volatile32(slu_entry(object, slot));
            if (entry != 0 && !slu_is_alive(space, slot, entry)) {
                if (known) {
                    slu_recover_slot(object, slot);
                }
                stands[slot] |= slu_volatile32(slu_entry(object, slot)) == entry && !slu_is_set_aside(object);
            }
        }
    } else if (result == SLUICE_OK || result == SLUICE_SYSTEM) {
        memset(stands, 1, SLU_MAX_OWNER + 1);      /* any slot may be in its table: give none back */
    }
    slu_drop_object(object);
}

/*
 * Gives the slots of dead processes back, once no table of an object names them; Registry.sweep. A dead life enters no
 * table any more, so what was found clean stays clean, and no lock is needed: the compare-and-set fails if another
 * process has done it. Objects of kinds that this header does not know are left to JVMs, with their slots.
 */
static void slu_reclaim(sluice_space *space) {
    uint64_t dead[SLU_MAX_OWNER + 1] = {0};
    bool stands[SLU_MAX_OWNER + 1] = {false};
    bool any = false;
    for (uint32_t slot = 1; slot <= space->slots; slot++) {
        uint64_t life = slu_life(space, slot);     /* before the look at the lock */
        if ((life & 1) != 0 && !slu_is_locked(space->alive, slot, 1)) {
            dead[slot] = life;
            any = true;
        }
    }
    int copy = any ? openat(space->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *names = copy < 0 ? NULL : fdopendir(copy);
    if (names == NULL) {
        if (copy >= 0) {
            close(copy);
        }
        return;
    }
    errno = 0;
    for (struct dirent *one = readdir(names); one != NULL; one = readdir(names)) {
        if (slu_name_is_allowed(one->d_name)) {
            slu_recover_object(space, one->d_name, stands);
        }
        errno = 0;
    }
    bool complete = errno == 0;
    closedir(names);
    for (uint32_t slot = 1; complete && slot <= space->slots; slot++) {
        if (dead[slot] != 0 && !stands[slot]) {
            (void) slu_cas64(slu_slot(space, slot) + SLU_S_LIFE, dead[slot], dead[slot] & ~UINT64_C(1));
        }
    }
}

static int slu_attach(slu_object **attached, sluice_space *space, const char *name, uint32_t kind,
                      sluice_error *error) {
    int result = slu_check_name("object", name, error);
    if (result != SLUICE_OK) {
        return result;
    }
    pthread_mutex_lock(&space->opening);
    slu_object *known = space->objects;
    while (known != NULL && (strcmp(known->name, name) != 0 || !slu_is_still(space->directory, name, &known->status))) {
        known = known->next;
    }
    if (known != NULL && known->header.kind != kind) {
        result = slu_fail(error, SLUICE_MISMATCH, "'%s' is a %s, expected a %s", name,
                          slu_kind_name(known->header.kind), slu_kind_name(kind));
    } else if (known != NULL) {
        known->uses++;
        *attached = known;
    } else {
        int64_t deadline = slu_deadline(INT64_C(1000000000) * SLU_PATIENCE_SECONDS);
        for (;;) {
            slu_object *object = (slu_object *) calloc(1, sizeof *object);
            if (object == NULL) {
                result = slu_system(error, "calloc", name, ENOMEM);
                break;
            }
            object->space = space;
            object->uses = 1;
            object->descriptor = -1;
            memcpy(object->name, name, strlen(name) + 1);
            pthread_mutex_init(&object->in_place, NULL);
            bool again = false;
            result = slu_try_attach(object, kind, &again, error);
            if (result == SLUICE_OK) {
                object->next = space->objects;
                space->objects = object;
                *attached = object;
                break;
            }
            slu_drop_object(object);
            if (!again || slu_is_over(deadline)) {
                break;
            }
            slu_short_pause();
        }
    }
    pthread_mutex_unlock(&space->opening);
    return result;
}

/* Undoes one attach. The last one finishes the operations of this process, as its cleaner would. */
static void slu_detach(slu_object *object) {
    sluice_space *space = object->space;
    pthread_mutex_lock(&space->opening);
    if (--object->uses == 0) {
        slu_object **link = &space->objects;
        while (*link != object) {
            link = &(*link)->next;
        }
        *link = object->next;
        pthread_mutex_lock(&object->in_place);
        slu_finish(object, space->self, (uint64_t) getpid());
        pthread_mutex_unlock(&object->in_place);
        slu_drop_object(object);
    }
    pthread_mutex_unlock(&space->opening);
}

/* ===== Locks; Mutex. ===== */

#define SLU_POISONED (UINT64_C(1) << 63)
#define SLU_PROMISED (UINT64_C(1) << 62)
#define SLU_PASSING (UINT64_C(1) << 61)
#define SLU_ARRIVING (UINT64_C(1) << 60)

static uint32_t slu_lock_owner(uint64_t word) { return (uint32_t) word & SLU_MAX_OWNER; }
static bool slu_lock_is_poisoned(uint64_t word) { return (word & SLU_POISONED) != 0; }
static bool slu_lock_is_held(uint64_t word) { return !slu_lock_is_poisoned(word) && slu_lock_owner(word) != 0; }

/* Threads of the process, numbered from 1 on; never used again, unlike those of the kernel. So there is no ABA. */
static uint64_t slu_threads;
static _Thread_local uint64_t slu_thread;

static uint64_t slu_me(const sluice_space *space) {
    if (slu_thread == 0) {
        slu_thread = __atomic_add_fetch(&slu_threads, 1, __ATOMIC_RELAXED);
    }
    return slu_thread << 10 | space->self;
}

/* --- The waiters on conditions, which C threads are not, but JVMs: signals after a death. WaitList. --- */

static uint8_t *slu_wait_entry(uint8_t *lock, uint32_t entry) {
    return lock + SLU_L_FIRST_ENTRY + (size_t) entry * SLU_L_ENTRY_BYTES;
}

static uint32_t slu_entries_used(uint8_t *lock, uint32_t capacity) {
    uint32_t used = slu_acquire32(lock + SLU_L_ENTRIES_USED);
    return (int32_t) used < 0 ? 0 : used > capacity ? capacity : used;
}

static bool slu_mark(uint8_t *entry, uint64_t waiting) {
    if (!slu_cas64(entry, waiting, waiting ^ UINT64_C(3) << 62)) {      /* WAITING, 1, becomes SIGNALLED, 2 */
        return false;
    }
    slu_signal(entry + SLU_L_ENTRY_SLEEPER);
    return true;
}

static void slu_signal_oldest(uint8_t *lock, uint32_t capacity, uint32_t condition) {
    for (;;) {
        uint8_t *oldest = NULL;
        uint64_t oldest_word = 0;
        uint32_t used = slu_entries_used(lock, capacity);
        for (uint32_t i = 0; i < used; i++) {
            uint64_t word = slu_acquire64(slu_wait_entry(lock, i));
            uint64_t arrivals = (UINT64_C(1) << 46) - 1;
            if (word >> 62 == 1 && (word >> 10 & 63) == condition
                    && (oldest == NULL || (word >> 16 & arrivals) < (oldest_word >> 16 & arrivals))) {
                oldest = slu_wait_entry(lock, i);
                oldest_word = word;
            }
        }
        if (oldest == NULL || slu_mark(oldest, oldest_word)) {
            return;
        }
    }
}

/* A break of the promise: no heir waits for it. */
static void slu_break_promise(uint8_t *lock) {
    if (slu_volatile64(lock + SLU_L_WORD) == SLU_PROMISED && slu_volatile64(lock + SLU_L_HEIR) == 0) {
        (void) slu_cas64(lock + SLU_L_WORD, SLU_PROMISED, 0);
    }
}

/*
 * Finishes what a dead owner had begun in a lock; Mutex.recover, in its order. Each step may be repeated. The caller
 * has the place of the dead, so the words that name it change by this alone.
 */
static void slu_lock_recover_dead(uint8_t *lock, uint32_t capacity, uint32_t dead, uint64_t pid, uint64_t policy) {
    uint32_t used = slu_entries_used(lock, capacity);
    uint64_t word = slu_volatile64(lock + SLU_L_WORD);
    if (slu_lock_is_held(word) && slu_lock_owner(word) == dead) {
        bool holding = (word & (SLU_PASSING | SLU_ARRIVING)) == 0;
        for (uint32_t i = 0; holding && i < used; i++) {        /* the dead may have been about to signal them */
            uint64_t waiting = slu_acquire64(slu_wait_entry(lock, i));
            if (waiting >> 62 == 1) {
                (void) slu_mark(slu_wait_entry(lock, i), waiting);
            }
        }
        slu_put32(lock + SLU_L_EXTRA, 0);
        slu_put64(lock + SLU_L_VICTIM, pid << 10 | dead);
        uint64_t left = !holding || policy == SLU_POLICY_IGNORE ? 0 : word | SLU_POISONED;
        if (slu_cas64(lock + SLU_L_WORD, word, left) && holding) {
            slu_add32(lock + SLU_L_DEATHS, 1);
        }
    }
    uint64_t heir = slu_volatile64(lock + SLU_L_HEIR);
    if (slu_lock_owner(heir) == dead) {
        (void) slu_cas64(lock + SLU_L_HEIR, heir, 0);
    }
    slu_break_promise(lock);
    for (int i = 0; i < SLU_SIGNATURES; i++) {
        uint8_t *signature = lock + SLU_L_SIGNATURES + i * 8;
        uint64_t signed_by = slu_volatile64(signature);
        if (slu_lock_owner(signed_by) == dead) {
            (void) slu_cas64(signature, signed_by, 0);
        }
    }
    for (uint32_t i = 0; i < used; i++) {
        uint8_t *entry = slu_wait_entry(lock, i);
        for (uint64_t seen = slu_acquire64(entry); slu_lock_owner(seen) == dead; seen = slu_acquire64(entry)) {
            if (seen >> 62 == 2) {                               /* its signal was not used: pass it on */
                slu_signal_oldest(lock, capacity, (uint32_t) (seen >> 10 & 63));
            }
            if (slu_cas64(entry, seen, 0)) {
                break;
            }
        }
    }
    for (uint32_t i = 0; i < used; i++) {
        if (slu_acquire64(slu_wait_entry(lock, i)) != 0) {
            slu_wake_all(slu_wait_entry(lock, i) + SLU_L_ENTRY_SLEEPER);
        }
    }
    slu_wake_all(lock + SLU_L_SLEEPERS);
}

struct sluice_lock {
    slu_object *object;
    uint8_t *lock;
    bool reentrant;
};

static uint64_t slu_lock_word(const sluice_lock *lock) { return slu_acquire64(lock->lock + SLU_L_WORD); }

static uint64_t slu_acquisitions(const sluice_lock *lock) { return slu_opaque64(lock->lock + SLU_L_ACQUISITIONS); }

int sluice_lock_open(sluice_lock **lock, sluice_space *space, const char *name, sluice_error *error) {
    *lock = NULL;
    slu_object *object;
    int result = slu_attach(&object, space, name, SLU_KIND_LOCK, error);
    if (result != SLUICE_OK) {
        return result;
    }
    sluice_lock *opened = (sluice_lock *) calloc(1, sizeof *opened);
    if (opened == NULL) {
        slu_detach(object);
        return slu_system(error, "calloc", name, ENOMEM);
    }
    opened->object = object;
    opened->lock = object->body;
    opened->reentrant = object->header.parameters[0] != 0;
    *lock = opened;
    return SLUICE_OK;
}

void sluice_lock_close(sluice_lock *lock) {
    if (lock != NULL) {
        slu_detach(lock->object);
        free(lock);
    }
}

/*
 * The one step that takes the lock. Pairs with the release store of the unlock: the last holder's writes are visible.
 * The count is the holder's own field.
 */
static bool slu_take(sluice_lock *lock, uint64_t me, uint64_t from) {
    if (!slu_cas64(lock->lock + SLU_L_WORD, from, me)) {
        return false;
    }
    SLUICE_CRASH_POINT(LOCK_WORD_SET);
    slu_put64(lock->lock + SLU_L_ACQUISITIONS, slu_acquisitions(lock) + 1);
    return true;
}

static int slu_hold_again(sluice_lock *lock, sluice_error *error) {
    uint32_t extra = slu_opaque32(lock->lock + SLU_L_EXTRA);
    if (!lock->reentrant) {
        return slu_fail(error, SLUICE_INVALID, "lock '%s': this thread has it already, and it is not reentrant; "
                        "release it first", lock->object->name);
    }
    if (extra == INT32_MAX) {
        return slu_fail(error, SLUICE_INVALID, "lock '%s': held 2^31 times by one thread", lock->object->name);
    }
    slu_put32(lock->lock + SLU_L_EXTRA, extra + 1);
    return SLUICE_OK;
}

static int slu_poisoned(const sluice_lock *lock, uint64_t word, sluice_error *error) {
    uint64_t victim = slu_opaque64(lock->lock + SLU_L_VICTIM);
    uint32_t owner = slu_lock_owner(word);
    return slu_fail(error, SLUICE_POISONED, "lock '%s': free is expected, but owner %u, process %llu, died while it "
                    "held it; repair what it guards with sluice_lock_recover", lock->object->name, owner,
                    (unsigned long long) (slu_lock_owner(victim) == owner ? victim >> 10 : 0));
}

static void slu_renounce(sluice_lock *lock, uint64_t me) {
    if (slu_volatile64(lock->lock + SLU_L_HEIR) == me) {
        (void) slu_cas64(lock->lock + SLU_L_HEIR, me, 0);
    }
}

/* The conditions of waits; of a lock, of a value, of a ring. */

static bool slu_lock_is_free(void *context) {
    uint64_t word = slu_lock_word((sluice_lock *) context);
    return word == 0 || slu_lock_is_poisoned(word);
}

static bool slu_lock_is_free_or_promised(void *context) {
    return slu_lock_word((sluice_lock *) context) == SLU_PROMISED || slu_lock_is_free(context);
}

static bool slu_lock_is_not_promised(void *context) {
    return slu_lock_word((sluice_lock *) context) != SLU_PROMISED;
}

struct slu_quiet { sluice_lock *lock; uint64_t taken; };

static bool slu_lock_moves(void *context) {
    struct slu_quiet *quiet = (struct slu_quiet *) context;
    return slu_lock_is_free_or_promised(quiet->lock) || slu_acquisitions(quiet->lock) != quiet->taken;
}

/* A wait that lasts, while the lock does not change hands: the thread signs, so that an observer sees it. LongWaits. */
static int slu_await_signed(sluice_lock *lock, uint64_t me, uint64_t taken, int64_t deadline, bool *rounds,
                            sluice_error *error) {
    uint8_t *place = NULL;
    for (uint64_t i = 0; place == NULL && i < SLU_SIGNATURES; i++) {
        uint8_t *at = lock->lock + SLU_L_SIGNATURES + ((me >> 10) + i) % SLU_SIGNATURES * 8;
        if (slu_opaque64(at) == 0 && slu_cas64(at, 0, me)) {
            place = at;
        }
    }
    struct slu_quiet quiet = {lock, taken};
    int result = slu_await(lock->object, lock->lock + SLU_L_SLEEPERS, slu_lock_moves, &quiet, deadline, SLU_C_LOCK,
                           rounds, error);
    if (place != NULL) {
        (void) slu_cas64(place, me, 0);
    }
    return result;
}

static int64_t slu_sooner(int64_t deadline, int64_t other) {
    return deadline == SLUICE_FOREVER || deadline > other ? other : deadline;
}

/*
 * The wait for the lock: Mutex.compete has the proofs. A waiter that has lost 64 times, and for a millisecond, makes
 * itself the heir; then the next unlock leaves the word promised, which only the heir may take, unless it does not come
 * within 10 ms.
 */
static int slu_compete(sluice_lock *lock, uint64_t me, int64_t deadline, sluice_error *error) {
    const int64_t losing = 1000000;
    const int64_t patience = 10000000;
    uint8_t *sleepers = lock->lock + SLU_L_SLEEPERS;
    int64_t start = slu_now();
    int64_t swept = start;
    uint64_t taken_before = slu_acquisitions(lock);
    uint64_t taken_last_round = taken_before;
    bool heir = false;
    bool rounds = false;
    int result = SLUICE_OK;
    for (;;) {
        uint64_t word = slu_lock_word(lock);
        if (slu_lock_is_poisoned(word)) {
            return slu_poisoned(lock, word, error);
        }
        if (word == 0 || (word == SLU_PROMISED && heir)) {
            if (slu_take(lock, me, word)) {
                if (heir) {
                    slu_renounce(lock, me);
                }
                return SLUICE_OK;
            }
        } else if (word == SLU_PROMISED) {
            result = slu_await(lock->object, sleepers, slu_lock_is_not_promised, lock,
                               slu_sooner(deadline, slu_now() + patience), SLU_C_LOCK, &rounds, error);
            if (result == SLUICE_TIMEOUT && slu_lock_word(lock) == SLU_PROMISED) {
                result = slu_sweep(lock->object, error);         /* the heir may be dead */
                if (result == SLUICE_OK && !slu_is_over(deadline) && slu_lock_word(lock) == SLU_PROMISED
                        && slu_take(lock, me, SLU_PROMISED)) {
                    return SLUICE_OK;
                }
            }
            if (result < 0) {
                return result;
            }
            if (slu_is_over(deadline)) {
                return SLUICE_TIMEOUT;
            }
        }
        int64_t now = slu_now();
        if (!heir && now - start >= losing && slu_acquisitions(lock) - taken_before >= 64) {
            heir = slu_volatile64(lock->lock + SLU_L_HEIR) == 0 && slu_cas64(lock->lock + SLU_L_HEIR, 0, me);
            if (heir) {
                SLUICE_CRASH_POINT(LOCK_HEIR_SET);
            }
        }
        if (now - swept >= SLU_SLICE_NANOS) {
            result = slu_sweep(lock->object, error);
            if (result < 0) {
                return result;
            }
            swept = now;
        }
        uint64_t taken = slu_acquisitions(lock);
        int64_t waited = now - start;
        bool quiet = waited >= SLU_SLICE_NANOS && taken == taken_last_round;
        taken_last_round = taken;
        if (quiet) {
            result = slu_await_signed(lock, me, taken, deadline, &rounds, error);
        } else {
            int64_t rest = waited < SLU_SLICE_NANOS ? SLU_SLICE_NANOS - waited : SLU_SLICE_NANOS;
            int64_t round = waited < losing ? losing : rest;
            result = slu_await(lock->object, sleepers, heir ? slu_lock_is_free_or_promised : slu_lock_is_free, lock,
                               slu_sooner(deadline, now + round), SLU_C_LOCK, &rounds, error);
        }
        if (result < 0) {
            return result;
        }
        if (result == SLUICE_TIMEOUT && slu_is_over(deadline)) {
            return result;
        }
    }
}

int sluice_lock_try(sluice_lock *lock, sluice_error *error) {
    uint64_t me = slu_me(lock->object->space);
    uint64_t word = slu_lock_word(lock);
    if (word == me) {
        return lock->reentrant ? slu_hold_again(lock, error) : SLUICE_BUSY;
    }
    if (slu_lock_is_poisoned(word)) {
        return slu_poisoned(lock, word, error);
    }
    return !slu_lock_is_held(word) && slu_take(lock, me, word) ? SLUICE_OK : SLUICE_BUSY;
}

int sluice_lock_take(sluice_lock *lock, int64_t timeout_nanos, sluice_error *error) {
    uint64_t me = slu_me(lock->object->space);
    uint64_t word = slu_lock_word(lock);
    if (word == 0 && slu_take(lock, me, 0)) {
        return SLUICE_OK;
    }
    if (word == me) {
        return slu_hold_again(lock, error);
    }
    if (timeout_nanos <= 0) {
        int result = sluice_lock_try(lock, error);
        return result == SLUICE_BUSY ? SLUICE_TIMEOUT : result;
    }
    int result = slu_compete(lock, me, slu_deadline(timeout_nanos), error);
    if (result != SLUICE_OK) {
        /* Gives up: takes its promise back, and passes on a call that may have been for it. */
        slu_renounce(lock, me);
        slu_break_promise(lock->lock);
        if (!slu_lock_is_held(slu_lock_word(lock))) {
            slu_signal(lock->lock + SLU_L_SLEEPERS);
        }
    }
    return result;
}

/* The one step that releases the lock; pairs with the compare-and-set of slu_take. No atomic instruction is needed. */
static void slu_unlock_word(sluice_lock *lock) {
    if (slu_opaque64(lock->lock + SLU_L_HEIR) != 0) {
        slu_put_volatile64(lock->lock + SLU_L_WORD, SLU_PROMISED);
        SLUICE_CRASH_POINT(UNLOCK_WORD_SET);
        slu_break_promise(lock->lock);            /* the heir may have given up between the look and the store */
        slu_signal(lock->lock + SLU_L_SLEEPERS);
    } else {
        slu_release64(lock->lock + SLU_L_WORD, 0);
        SLUICE_CRASH_POINT(UNLOCK_WORD_SET);
        slu_signal_one(lock->lock + SLU_L_SLEEPERS);
    }
}

int sluice_lock_release(sluice_lock *lock, sluice_error *error) {
    uint64_t me = slu_me(lock->object->space);
    uint64_t word = slu_lock_word(lock);
    if (word != me) {
        return slu_fail(error, SLUICE_NOT_HELD, "lock '%s': release by thread %llu of owner %u, which does not have "
                        "it; found thread %llu of owner %u", lock->object->name, (unsigned long long) slu_thread,
                        lock->object->space->self, (unsigned long long) (word >> 10 & ((UINT64_C(1) << 50) - 1)),
                        slu_lock_owner(word));
    }
    uint32_t extra = slu_opaque32(lock->lock + SLU_L_EXTRA);
    if (lock->reentrant && extra > 0) {
        slu_put32(lock->lock + SLU_L_EXTRA, extra - 1);
        return SLUICE_OK;
    }
    slu_unlock_word(lock);
    return SLUICE_OK;
}

int sluice_lock_recover(sluice_lock *lock, int (*repair)(void *context), void *context, sluice_error *error) {
    uint64_t me = slu_me(lock->object->space);
    uint64_t word = slu_lock_word(lock);
    if (!slu_lock_is_poisoned(word) || !slu_take(lock, me, word)) {
        return SLUICE_BUSY;
    }
    SLUICE_CRASH_POINT(LOCK_REPAIR_BEGUN);
    int refused = repair(context);
    if (slu_lock_word(lock) != me) {
        return SLUICE_OK;              /* the repair has given it away */
    }
    slu_put32(lock->lock + SLU_L_EXTRA, 0);
    if (refused != 0) {
        slu_release64(lock->lock + SLU_L_WORD, word);
        slu_signal(lock->lock + SLU_L_SLEEPERS);
        return slu_fail(error, SLUICE_INVALID, "lock '%s': the repair returned %d, 0 is expected; it is poisoned as "
                        "before",
                        lock->object->name, refused);
    }
    slu_unlock_word(lock);
    return SLUICE_OK;
}

uint32_t sluice_lock_deaths(const sluice_lock *lock) {
    return slu_opaque32(lock->lock + SLU_L_DEATHS);
}

/* ===== Numbers; NumberBody. ===== */

struct sluice_long {
    slu_object *object;
    uint8_t *word;
};

int sluice_long_open(sluice_long **number, sluice_space *space, const char *name, sluice_error *error) {
    *number = NULL;
    slu_object *object;
    int result = slu_attach(&object, space, name, SLU_KIND_NUMBER, error);
    if (result != SLUICE_OK) {
        return result;
    }
    sluice_long *opened = (sluice_long *) calloc(1, sizeof *opened);
    if (opened == NULL) {
        result = slu_system(error, "calloc", name, ENOMEM);
    } else if (strcmp(object->header.element_type, "long") != 0) {
        result = slu_fail(error, SLUICE_MISMATCH, "'%s' is a number of type '%s', expected 'long'", name,
                          object->header.element_type);
    }
    if (result != SLUICE_OK) {
        free(opened);
        slu_detach(object);
        return result;
    }
    opened->object = object;
    opened->word = object->body + SLU_PAGE;
    *number = opened;
    return SLUICE_OK;
}

void sluice_long_close(sluice_long *number) {
    if (number != NULL) {
        slu_detach(number->object);
        free(number);
    }
}

int64_t sluice_long_get(const sluice_long *number) { return (int64_t) slu_volatile64(number->word); }
void sluice_long_set(sluice_long *number, int64_t value) { slu_put_volatile64(number->word, (uint64_t) value); }

int64_t sluice_long_add(sluice_long *number, int64_t delta) {
    return (int64_t) slu_add64(number->word, (uint64_t) delta);
}

bool sluice_long_compare_and_set(sluice_long *number, int64_t expected, int64_t value) {
    return slu_cas64(number->word, (uint64_t) expected, (uint64_t) value);
}

/* ===== Values; ValueCells, with one cell. ===== */

struct sluice_value {
    slu_object *object;
    uint8_t *sleepers;
    uint8_t *cell;
    size_t capacity;
    size_t stride;
};

/* Length and bytes of one copy, rounded up to 8. */
static uint64_t slu_stride(uint64_t value_bytes) { return (value_bytes + 8 + 7) & ~UINT64_C(7); }
static uint64_t slu_cell_bytes(uint64_t value_bytes) {
    return (8 + SLU_V_COPIES * slu_stride(value_bytes) + 63) & ~UINT64_C(63);
}

int sluice_value_open(sluice_value **value, sluice_space *space, const char *name, const char *element_type,
                      sluice_error *error) {
    *value = NULL;
    slu_object *object;
    int result = slu_attach(&object, space, name, SLU_KIND_VALUE, error);
    if (result != SLUICE_OK) {
        return result;
    }
    sluice_value *opened = (sluice_value *) calloc(1, sizeof *opened);
    if (opened == NULL) {
        result = slu_system(error, "calloc", name, ENOMEM);
    } else if (element_type != NULL && strcmp(object->header.element_type, element_type) != 0) {
        result = slu_fail(error, SLUICE_MISMATCH, "'%s' is a value of type '%.200s', expected '%.200s'", name,
                          object->header.element_type, element_type);
    }
    if (result != SLUICE_OK) {
        free(opened);
        slu_detach(object);
        return result;
    }
    opened->object = object;
    opened->sleepers = object->body + SLU_PAGE;
    opened->cell = opened->sleepers + SLU_V_FIRST_CELL;
    opened->capacity = object->header.parameters[1];
    opened->stride = slu_stride(opened->capacity);
    *value = opened;
    return SLUICE_OK;
}

void sluice_value_close(sluice_value *value) {
    if (value != NULL) {
        slu_detach(value->object);
        free(value);
    }
}

size_t sluice_value_capacity(const sluice_value *value) { return value->capacity; }

static uint8_t *slu_copy(const sluice_value *value, uint64_t version) {
    return value->cell + 8 + (version & (SLU_V_COPIES - 1)) * value->stride;
}

/*
 * Reads word by word, since a writer may write meanwhile: what it got is used only if the second look says that it is
 * whole. That copy is touched again by the writer of version + COPIES, which claims at version + COPIES - 1.
 */
int sluice_value_read(sluice_value *value, void *to, size_t room, size_t *length, uint64_t *version,
                      sluice_error *error) {
    if (room < value->capacity) {
        return slu_fail(error, SLUICE_INVALID, "value '%s': room for %zu bytes, expected at least %zu",
                        value->object->name, room, value->capacity);
    }
    for (;;) {
        uint64_t before = slu_acquire64(value->cell);          /* pairs with the publication */
        uint8_t *copy = slu_copy(value, before >> 10);
        uint32_t found = slu_opaque32(copy);
        size_t bytes = found > value->capacity ? value->capacity : found;
        for (size_t at = 0; at < bytes; at += 8) {             /* a copy has whole words */
            uint64_t word = slu_opaque64(copy + 8 + at);
            memcpy((uint8_t *) to + at, &word, bytes - at < 8 ? bytes - at : 8);
        }
        __atomic_thread_fence(__ATOMIC_ACQUIRE);               /* the copy before the second look */
        uint64_t after = slu_opaque64(value->cell);
        uint64_t overtaken = (after >> 10) - (before >> 10);
        if (overtaken < SLU_V_COPIES - 1 || (overtaken == SLU_V_COPIES - 1 && (after & SLU_MAX_OWNER) == 0)) {
            if (found > value->capacity) {
                return slu_fail(error, SLUICE_CORRUPT, "value '%s': a length of %u bytes, at most %zu expected; "
                                "unlink and recreate it", value->object->name, found, value->capacity);
            }
            *length = bytes;
            if (version != NULL) {
                *version = before >> 10;
            }
            return SLUICE_OK;
        }
    }
}

static bool slu_value_is_unclaimed(void *context) {
    return (slu_acquire64(((sluice_value *) context)->cell) & SLU_MAX_OWNER) == 0;
}

int sluice_value_write(sluice_value *value, const void *from, size_t length, sluice_error *error) {
    if (length > value->capacity) {
        return slu_fail(error, SLUICE_INVALID, "value '%s': %zu bytes, at most %zu expected", value->object->name,
                        length, value->capacity);
    }
    for (;;) {
        uint64_t word = slu_acquire64(value->cell);
        if ((word & SLU_MAX_OWNER) != 0) {
            int result = slu_await(value->object, value->sleepers, slu_value_is_unclaimed, value, SLUICE_FOREVER,
                                   SLU_C_OTHER, NULL, error);
            if (result != SLUICE_OK) {
                return result;
            }
        } else if (slu_cas64(value->cell, word, word | value->object->space->self)) {
            /* the claim before the bytes; pairs with the second look */
            __atomic_thread_fence(__ATOMIC_RELEASE);
            SLUICE_CRASH_POINT(VALUE_CLAIMED);
            uint64_t next = (word >> 10) + 1;
            uint8_t *copy = slu_copy(value, next);
            slu_put32(copy, (uint32_t) length);
            for (size_t at = 0; at < length; at += 8) {
                uint64_t bytes = 0;
                memcpy(&bytes, (const uint8_t *) from + at, length - at < 8 ? length - at : 8);
                slu_put64(copy + 8 + at, bytes);
            }
            SLUICE_CRASH_POINT(VALUE_WRITTEN);
            slu_release64(value->cell, next << 10);            /* the publication; pairs with the first look */
            SLUICE_CRASH_POINT(VALUE_PUBLISHED);
            slu_signal(value->sleepers);
            return SLUICE_OK;
        }
    }
}

/* ===== Rings; Ring has the states of a slot, and what may be trusted. ===== */

typedef struct slu_ring {
    slu_object *object;
    uint8_t *base;
    uint8_t *first;
    uint64_t key;
    uint64_t mask;
    uint32_t slots;
    uint32_t turn_shift;
    uint32_t slot_shift;
    uint32_t limit;
    uint32_t hint_lag;
    uint32_t producers;
    uint32_t consumers;
    uint32_t self;
} slu_ring;

/* The number of slots for a capacity, 1 to 2^30: rounded up to a power of two. */
static uint64_t slu_slots(uint64_t capacity) {
    uint64_t slots = 1;
    while (slots < capacity) {
        slots <<= 1;
    }
    return slots;
}

static bool slu_ring_is_possible(const uint64_t *parameters) {
    return parameters[0] >= 1 && parameters[0] <= UINT64_C(1) << 30
            && parameters[1] >= 64 && parameters[1] <= UINT64_C(1) << 20 && (parameters[1] & (parameters[1] - 1)) == 0
            && (parameters[2] == SLU_ONE || parameters[2] == SLU_MANY)
            && parameters[3] >= SLU_ONE && parameters[3] <= SLU_BROADCAST
            && (parameters[3] != SLU_BROADCAST || parameters[2] == SLU_ONE);
}

/* A view of a ring for an owner: this process, or the dead one that is recovered. False if its header is damaged. */
static bool slu_view(slu_ring *ring, slu_object *object, uint32_t owner) {
    const uint64_t *parameters = object->header.parameters;
    ring->object = object;
    ring->base = object->body;
    ring->first = object->body + SLU_R_FIRST_SLOT;
    ring->key = slu_opaque64(ring->base + SLU_R_KEY);
    ring->slots = (uint32_t) slu_slots(parameters[0]);
    ring->mask = ring->slots - 1;
    ring->turn_shift = (uint32_t) __builtin_ctz(ring->slots);
    ring->slot_shift = (uint32_t) __builtin_ctzll(parameters[1]);
    ring->limit = (uint32_t) parameters[0];
    ring->hint_lag = ring->slots / 8 < SLU_MAX_HINT_LAG ? ring->slots / 8 : SLU_MAX_HINT_LAG;
    ring->producers = (uint32_t) parameters[2];
    ring->consumers = (uint32_t) parameters[3];
    ring->self = owner;
    return slu_opaque32(ring->base + SLU_R_SLOTS) == ring->slots
            && slu_opaque32(ring->base + SLU_R_SLOT_BYTES) == parameters[1]
            && slu_opaque32(ring->base + SLU_R_LIMIT) == ring->limit;
}

/* --- Words. SlotWord. --- */

static uint64_t slu_word_of(uint64_t turn, uint32_t slots, uint32_t owner, uint32_t state) {
    return turn << 28 | (uint64_t) slots << 13 | owner << 3 | state;
}

static uint32_t slu_state(uint64_t word) { return (uint32_t) word & 7; }
static uint32_t slu_word_owner(uint64_t word) { return (uint32_t) (word >> 3) & SLU_MAX_OWNER; }
static uint32_t slu_word_slots(uint64_t word) { return (uint32_t) (word >> 13) & SLU_MAX_SLOTS; }
static int64_t slu_turns_ahead(uint64_t word, uint64_t turn) { return (int64_t) (((word >> 28) - turn) << 28) >> 28; }

static uint8_t *slu_at(const slu_ring *ring, uint64_t position) {
    return ring->first + ((position & ring->mask) << ring->slot_shift);
}

/* Pairs with every release of a word. */
static uint64_t slu_word(const slu_ring *ring, uint64_t position) {
    return slu_acquire64(slu_at(ring, position)) ^ ring->key;
}

static uint64_t slu_turn(const slu_ring *ring, uint64_t position) { return position >> ring->turn_shift; }
static uint32_t slu_to_end(const slu_ring *ring, uint64_t position) {
    return ring->slots - (uint32_t) (position & ring->mask);
}

static uint32_t slu_slots_for(const slu_ring *ring, size_t length) {
    return (uint32_t) ((SLU_M_PAYLOAD + length + ((size_t) 1 << ring->slot_shift) - 1) >> ring->slot_shift);
}

/* The longest message: a quarter of the ring, never less than one slot. */
static size_t slu_max_message(const slu_ring *ring) {
    uint64_t slots = ring->limit / 4 < SLU_MAX_SLOTS ? ring->limit / 4 : SLU_MAX_SLOTS;
    uint64_t bytes = (slots == 0 ? 1 : slots) << ring->slot_shift;
    return (bytes < UINT64_C(1) << 30 ? bytes : UINT64_C(1) << 30) - SLU_M_PAYLOAD;
}

/* What the word at a position says of it: a state, RELEASED, or OTHER. Ring.seen. */
static uint32_t slu_seen(const slu_ring *ring, uint64_t position, uint64_t word) {
    int64_t ahead = slu_turns_ahead(word, slu_turn(ring, position));
    uint32_t state = slu_state(word);
    if (ahead == 0) {
        uint32_t count = slu_word_slots(word);
        bool record = state <= SLU_RETURNED && count > 0 && count <= slu_to_end(ring, position);
        return state == SLU_FREE || record ? state : SLU_OTHER;
    }
    return ahead == 1 && state == SLU_FREE ? SLU_RELEASED : SLU_OTHER;
}

static bool slu_cas_word(slu_ring *ring, uint64_t position, uint64_t seen, uint32_t slots, uint32_t state) {
    return slu_cas64(slu_at(ring, position), seen ^ ring->key,
                     ring->key ^ slu_word_of(slu_turn(ring, position), slots, ring->self, state));
}

static void slu_put_word(slu_ring *ring, uint64_t position, uint32_t slots, uint32_t state) {
    slu_release64(slu_at(ring, position), ring->key ^ slu_word_of(slu_turn(ring, position), slots, ring->self, state));
}

/* The words of a record's later slots, unlike any word, before payload overwrites them. SlotWord.covered. */
static void slu_cover(slu_ring *ring, uint64_t position, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) {
        uint64_t turn = slu_turn(ring, position);
        slu_put64(slu_at(ring, position + i), ring->key ^ (((turn << 28) ^ UINT64_C(1) << 63) | 7));
    }
}

/* --- Hints and walks. --- */

static uint64_t slu_tail(const slu_ring *ring) { return slu_acquire64(ring->base + SLU_R_TAIL) & SLU_POSITION_MASK; }
static uint64_t slu_head(const slu_ring *ring) { return slu_acquire64(ring->base + SLU_R_HEAD) & SLU_POSITION_MASK; }

static void slu_raise(uint8_t *hint, uint64_t position) {
    for (;;) {
        uint64_t seen = slu_acquire64(hint);
        if ((seen & SLU_POSITION_MASK) >= position || slu_cas64(hint, seen, position)) {
            return;
        }
    }
}

/* The position after the last claim: walks on from the hint. */
static uint64_t slu_find_tail(const slu_ring *ring) {
    uint64_t position = slu_tail(ring);
    for (;;) {
        uint64_t word = slu_word(ring, position);
        uint32_t seen = slu_seen(ring, position, word);
        if (seen == SLU_RELEASED) {
            position++;
        } else if (seen == SLU_FREE || seen == SLU_OTHER) {
            uint64_t hint = slu_tail(ring);
            if (hint <= position) {
                return position;
            }
            position = hint;
        } else {
            position += slu_word_slots(word);
        }
    }
}

/* Everything before it has been released, or a ring further on nothing could have been claimed. */
static uint64_t slu_oldest(const slu_ring *ring) {
    uint64_t tail = slu_find_tail(ring);
    return tail > ring->slots ? tail - ring->slots : 0;
}

static bool slu_is_released(const slu_ring *ring, uint64_t position) {
    if (position < ring->limit) {
        return true;                      /* the position less the limit is before the first one */
    }
    position -= ring->limit;
    uint64_t word = slu_word(ring, position);
    uint64_t turns = (UINT64_C(1) << 36) - 1;
    return word >> 28 == ((slu_turn(ring, position) + 1) & turns) && slu_state(word) == SLU_FREE;
}

/* How far there is room, strictly in order; looks a little further than asked. Ring.releasedFrom. */
static uint64_t slu_released_from(const slu_ring *ring, uint64_t room, uint64_t end) {
    uint64_t position = room;
    while (position < end + ring->hint_lag && slu_is_released(ring, position)) {
        position++;
    }
    return position;
}

static bool slu_is_shutdown(const slu_ring *ring) { return slu_acquire32(ring->base + SLU_R_SHUTDOWN) != 0; }
static bool slu_is_shutdown_now(const slu_ring *ring) { return slu_acquire32(ring->base + SLU_R_SHUTDOWN) == 2; }

/*
 * Gives the slots of a record to the next turn. From DONE on it is not offered again; the words of later slots first,
 * the first word last. The number of slots that were read stays in the word, for observers; 0 for an aborted record.
 */
static void slu_release(slu_ring *ring, uint64_t position, uint32_t count, uint32_t read) {
    uint64_t next = slu_turn(ring, position) + 1;
    if (count > 1) {
        slu_put_word(ring, position, count, SLU_DONE);
        SLUICE_CRASH_POINT(RELEASE_DONE_SET);
        for (uint32_t i = 1; i < count; i++) {
            slu_release64(slu_at(ring, position + i), ring->key ^ next << 28);
        }
    }
    slu_release64(slu_at(ring, position), ring->key ^ slu_word_of(next, read, 0, SLU_FREE));
    SLUICE_CRASH_POINT(RELEASE_WORD_SET);
}

/* Whether a shut down ring has nothing left for this process. Ring.isDrained. */
static bool slu_is_drained(slu_ring *ring) {
    if (!slu_is_shutdown(ring)) {
        return false;
    }
    if (slu_is_shutdown_now(ring)) {
        return true;
    }
    /* An only producer writes CLAIMED, then reads the flag, then COMMITTED. Here the flag was read, and the words are
       read after the fence: one sees the other. Many producers have a compare-and-set in that place. */
    (void) slu_heavy_fence();
    uint64_t tail = slu_find_tail(ring);
    uint64_t position = ring->consumers == SLU_MANY ? 0 : slu_head(ring);
    if (tail > ring->slots && position < tail - ring->slots) {
        position = tail - ring->slots;
    }
    while (position < tail) {
        uint64_t word = slu_word(ring, position);
        uint32_t seen = slu_seen(ring, position, word);
        if (seen == SLU_FREE || seen == SLU_CLAIMED || seen == SLU_COMMITTED || seen == SLU_RETURNED
                || (seen == SLU_TAKEN && slu_word_owner(word) != ring->self)) {
            return false;
        }
        position += seen == SLU_RELEASED || seen == SLU_OTHER ? 1 : slu_word_slots(word);
    }
    return true;
}

static void slu_shutdown(slu_ring *ring) {
    (void) slu_cas32(ring->base + SLU_R_SHUTDOWN, 0, 1);
    slu_signal(ring->base + SLU_R_ITEMS);
    slu_signal(ring->base + SLU_R_SPACE);
}

/* --- Roles. RoleWord. --- */

enum { SLU_EVER = 0x10000, SLU_CLOSED = 0x20000, SLU_DIED = 0x40000 };

static bool slu_role_is_held(uint32_t word) { return (word & (SLU_EVER | SLU_CLOSED | SLU_DIED)) == SLU_EVER; }

/* 0 if the caller has the role now, otherwise the owner that has it. */
static uint32_t slu_try_role(slu_ring *ring, size_t offset) {
    for (;;) {
        uint32_t word = slu_volatile32(ring->base + offset);
        if (slu_role_is_held(word)) {
            return word & SLU_MAX_OWNER;
        }
        if (slu_cas32(ring->base + offset, word, SLU_EVER | ring->self)) {
            return 0;
        }
    }
}

static int slu_take_role(slu_ring *ring, size_t offset, const char *role, sluice_error *error) {
    uint32_t holder = slu_try_role(ring, offset);
    if (holder != 0) {
        int result = slu_sweep(ring->object, error);
        if (result != SLUICE_OK) {
            return result;
        }
        holder = slu_try_role(ring, offset);
    }
    return holder == 0 ? SLUICE_OK
            : slu_fail(error, SLUICE_ROLE_HELD, "ring '%s' has one %s, and owner %u of this space is it%s; close that "
                       "one, or create the ring for many %ss", ring->object->name, role, holder,
                       holder == ring->self ? " (this process)" : "", role);
}

static void slu_leave_role(slu_ring *ring, size_t offset) {
    (void) slu_cas32(ring->base + offset, SLU_EVER | ring->self, SLU_EVER | SLU_CLOSED | ring->self);
}

static void slu_role_died(slu_ring *ring, size_t offset) {
    uint32_t word = slu_volatile32(ring->base + offset);
    if (slu_role_is_held(word) && (word & SLU_MAX_OWNER) == ring->self) {
        (void) slu_cas32(ring->base + offset, word, SLU_EVER | SLU_DIED | ring->self);
    }
}

/* --- Recovery of a dead owner, whose view this is. RingRecovery. --- */

/* Where the payload ends that an only producer has left behind the last record. */
static uint64_t slu_end_of_payload(const slu_ring *ring, uint64_t tail) {
    uint64_t end = tail;
    uint32_t most = slu_slots_for(ring, slu_max_message(ring));
    most = most < slu_to_end(ring, tail) ? most : slu_to_end(ring, tail);
    if (slu_seen(ring, tail, slu_word(ring, tail)) != SLU_FREE) {
        return tail;                      /* the ring is full */
    }
    for (uint64_t position = tail + 1; position < tail + most; position++) {
        uint64_t word = slu_word(ring, position);
        if (slu_turns_ahead(word, slu_turn(ring, position)) == -1 && slu_word_slots(word) > 0) {
            break;                        /* a record of the last turn that is not released */
        }
        if (slu_seen(ring, position, word) != SLU_FREE) {
            end = position + 1;
        }
    }
    return end;
}

/* Makes one ABORTED record of what an only producer had begun; answers whether there was something. */
static bool slu_abort_unfinished(slu_ring *ring) {
    uint64_t from = slu_find_tail(ring);
    uint64_t to = slu_end_of_payload(ring, from);
    /*
     * A word that is CLAIMED is a record for slu_find_tail, and slu_finish_slots aborts it. Here lies only payload
     * behind a FREE word.
     */
    if (from < to) {
        slu_put_word(ring, from, (uint32_t) (to - from), SLU_ABORTED);
    }
    slu_raise(ring->base + SLU_R_TAIL, slu_find_tail(ring));
    return from < to;
}

/*
 * The bias of one end of a ring for many: a thread of a JVM that claims, or takes, without an exchange of the word. A
 * program in C never has it. It shares the end before it changes a word there, for good; Bias has the proof.
 */
static bool slu_is_pending(const slu_ring *ring, uint32_t bias, uint64_t position, uint64_t word) {
    return slu_seen(ring, position, word) == (uint32_t) (bias == SLU_R_CLAIM_BIAS ? SLU_FREE : SLU_COMMITTED);
}

static bool slu_change_pending(const slu_ring *ring, uint32_t bias, uint64_t position, uint32_t owner,
                               uint32_t state) {
    uint64_t word = slu_word(ring, position);
    slu_ring as_owner = *ring;
    as_owner.self = owner;
    return slu_is_pending(ring, bias, position, word)
            && slu_cas_word(&as_owner, position, word, bias == SLU_R_CLAIM_BIAS ? 1 : slu_word_slots(word), state);
}

static void slu_revoke(slu_ring *ring, uint32_t bias, uint64_t seen) {
    uint8_t *word = ring->base + bias;
    uint64_t revoked = (seen & ~UINT64_C(3)) | SLU_BIAS_REVOKED;
    if ((seen & 3) == SLU_BIAS_HELD && !slu_cas64(word, seen, revoked)) {
        return;                                    /* the caller looks again */
    }
    SLUICE_CRASH_POINT(BIAS_REVOKED);
    if (!slu_heavy_fence()) {
        struct timespec pause = {0, 1000000};      /* while the stores of the holder leave their buffer */
        nanosleep(&pause, NULL);
    }
    uint64_t decided = slu_volatile64(word + SLU_R_BIAS_LENT);
    if (decided == 0) {
        uint64_t stood = slu_volatile64(word + SLU_R_BIAS_AT);
        uint64_t position = (stood - 1) & SLU_POSITION_MASK;
        decided = stood != 0 && slu_is_pending(ring, bias, position, slu_word(ring, position)) ? stood : SLU_NONE;
        (void) slu_cas64(word + SLU_R_BIAS_LENT, 0, decided);
        SLUICE_CRASH_POINT(BIAS_DECIDED);
        decided = slu_volatile64(word + SLU_R_BIAS_LENT);
    }
    if (decided != SLU_NONE) {
        (void) slu_change_pending(ring, bias, (decided - 1) & SLU_POSITION_MASK,
                                  (uint32_t) (seen >> SLU_BIAS_OWNER_SHIFT) & SLU_MAX_OWNER,
                                  bias == SLU_R_CLAIM_BIAS ? SLU_CLAIMED : SLU_TAKEN);
    }
    SLUICE_CRASH_POINT(BIAS_MARKED);
    (void) slu_cas64(word, revoked, SLU_BIAS_SHARED);
}

static void slu_share(slu_ring *ring, uint32_t bias) {
    uint8_t *word = ring->base + bias;
    for (uint64_t seen = slu_acquire64(word); (seen & 3) != SLU_BIAS_SHARED; seen = slu_volatile64(word)) {
        if ((seen & 3) == SLU_BIAS_FREE) {
            (void) slu_cas64(word, seen, SLU_BIAS_SHARED);
        } else {
            slu_revoke(ring, bias, seen);
        }
    }
}

/* For the dead owner, which the ring has as its own. Bias.recover. */
static void slu_recover_bias(slu_ring *ring, uint32_t bias) {
    uint8_t *word = ring->base + bias;
    uint64_t seen = slu_volatile64(word);
    if ((seen & 3) == SLU_BIAS_HELD && ((seen >> SLU_BIAS_OWNER_SHIFT) & SLU_MAX_OWNER) == ring->self) {
        uint64_t stood = slu_volatile64(word + SLU_R_BIAS_AT);
        if (stood != 0 && bias == SLU_R_TAKE_BIAS
                && slu_change_pending(ring, bias, (stood - 1) & SLU_POSITION_MASK, ring->self, SLU_RETURNED)) {
            slu_add64(ring->base + SLU_R_GIVEN_BACK, 1);      /* slu_finish_slots counts the return */
        }
        slu_put_volatile64(word + SLU_R_BIAS_AT, 0);
        if (slu_cas64(word, seen, seen >> SLU_BIAS_NUMBER_SHIFT << SLU_BIAS_NUMBER_SHIFT)) {
            return;
        }
        seen = slu_volatile64(word);
    }
    if ((seen & 3) == SLU_BIAS_REVOKED) {
        slu_revoke(ring, bias, seen);
    }
}

static void slu_finish_slots(slu_ring *ring) {
    uint64_t tail = slu_find_tail(ring);
    bool returned = false;
    uint64_t position = slu_oldest(ring);
    while (position < tail) {
        uint64_t word = slu_word(ring, position);
        uint32_t seen = slu_seen(ring, position, word);
        uint32_t count = slu_word_slots(word);
        if (seen == SLU_FREE || seen == SLU_RELEASED || seen == SLU_OTHER) {
            position++;
        } else if (slu_find_tail(ring) > position + ring->slots) {
            uint64_t oldest = slu_oldest(ring);               /* the ring has gone past it meanwhile */
            position = oldest > position + 1 ? oldest : position + 1;
        } else {
            if (slu_word_owner(word) == ring->self) {
                if (seen == SLU_CLAIMED) {
                    if (slu_cas_word(ring, position, word, count, SLU_ABORTED)) {
                        slu_add64(ring->base + SLU_R_ABORTED, 1);
                    }
                } else if (seen == SLU_TAKEN) {
                    if (slu_cas_word(ring, position, word, count, SLU_RETURNED)) {
                        slu_add64(ring->base + SLU_R_GIVEN_BACK, 1);
                        returned = true;
                    }
                } else if (seen == SLU_DONE) {
                    slu_release(ring, position, count, count == 1 ? 0 : count);
                } else if (seen == SLU_RETURNED) {
                    returned = true;                          /* its owner may not have counted it */
                }
                SLUICE_CRASH_POINT(RECOVER_SLOT_DONE);
            }
            position += count;
        }
        uint64_t now = slu_find_tail(ring);
        tail = now > tail ? now : tail;
    }
    if (returned) {
        slu_add64(ring->base + SLU_R_RETURNS, 1);
    }
}

static bool slu_ring_recover_dead(slu_object *object, uint32_t dead) {
    slu_ring ring;
    if (!slu_view(&ring, object, dead)) {
        return false;
    }
    uint32_t role = slu_volatile32(ring.base + SLU_R_PRODUCER);
    if (slu_role_is_held(role) && (role & SLU_MAX_OWNER) == dead) {
        if (slu_abort_unfinished(&ring)) {
            slu_add64(ring.base + SLU_R_ABORTED, 1);
        }
        slu_role_died(&ring, SLU_R_PRODUCER);
    }
    if (ring.producers == SLU_MANY) {
        slu_recover_bias(&ring, SLU_R_CLAIM_BIAS);
    }
    if (ring.consumers == SLU_MANY) {
        slu_recover_bias(&ring, SLU_R_TAKE_BIAS);
    }
    slu_finish_slots(&ring);
    slu_role_died(&ring, SLU_R_CONSUMER);
    uint8_t *writers = ring.base + SLU_R_WRITERS + (dead >> 6) * 8;
    uint64_t bit = UINT64_C(1) << (dead & 63);
    for (uint64_t seen = slu_volatile64(writers); (seen & bit) != 0; seen = slu_volatile64(writers)) {
        (void) slu_cas64(writers, seen, seen ^ bit);
    }
    slu_wake_all(ring.base + SLU_R_ITEMS);
    slu_wake_all(ring.base + SLU_R_SPACE);
    return true;
}

/* --- Opening. --- */

/* Whether it was time to look for dead participants, on behalf of a caller that polls. Ring.lookAtDeaths. */
static int slu_look_at_deaths(slu_object *object, uint32_t *tries, int64_t *looked, sluice_error *error) {
    if (++*tries % 256 == 0) {
        int64_t now = slu_now();
        if (now - *looked >= SLU_LOOK_NANOS) {
            *looked = now;
            return slu_sweep(object, error);
        }
    }
    return SLUICE_OK;
}

static int slu_open_ring(slu_ring *ring, sluice_space *space, const char *name, sluice_error *error) {
    slu_object *object;
    int result = slu_attach(&object, space, name, SLU_KIND_RING, error);
    if (result != SLUICE_OK) {
        return result;
    }
    if (!slu_view(ring, object, space->self)) {
        result = slu_fail(error, SLUICE_CORRUPT, "ring '%s': its header in memory differs from that of the file; "
                          "unlink and recreate it", name);
        slu_detach(object);
    }
    return result;
}

static int slu_corrupt(const slu_ring *ring, uint64_t position, sluice_error *error) {
    return slu_fail(error, SLUICE_CORRUPT, "ring '%s': slot %llu holds the word %016llx, which belongs to no state of "
                    "position %llu; unlink and recreate it", ring->object->name,
                    (unsigned long long) (position & ring->mask), (unsigned long long) slu_word(ring, position),
                    (unsigned long long) position);
}

/* --- Producers. OneProducer and ManyProducer. --- */

struct sluice_producer {
    slu_ring ring;
    bool only;
    bool open;               /* a claim */
    uint64_t position;       /* of the open claim */
    uint32_t count;          /* its slots */
    uint64_t header;         /* its length and type */
    uint64_t tail;           /* only producer: position of the next message; many: how far this handle has walked */
    uint64_t room_end;       /* positions before it may be written; a cached answer, true once it is */
    uint32_t wanted;         /* slots, for the condition of a wait */
    uint32_t tries;
    int64_t looked;
};

int sluice_producer_open(sluice_producer **producer, sluice_space *space, const char *name, sluice_error *error) {
    *producer = NULL;
    sluice_producer *opened = (sluice_producer *) calloc(1, sizeof *opened);
    if (opened == NULL) {
        return slu_system(error, "calloc", name, ENOMEM);
    }
    int result = slu_open_ring(&opened->ring, space, name, error);
    if (result != SLUICE_OK) {
        free(opened);
        return result;
    }
    opened->only = opened->ring.producers == SLU_ONE;
    opened->looked = slu_now();
    if (opened->only) {
        result = slu_take_role(&opened->ring, SLU_R_PRODUCER, "producer", error);
        if (result != SLUICE_OK) {
            slu_detach(opened->ring.object);
            free(opened);
            return result;
        }
        opened->tail = opened->room_end = slu_find_tail(&opened->ring);
    }
    *producer = opened;
    return SLUICE_OK;
}

size_t sluice_producer_capacity(const sluice_producer *producer) { return slu_max_message(&producer->ring); }
void sluice_producer_shutdown(sluice_producer *producer) { slu_shutdown(&producer->ring); }

static void slu_finished(slu_ring *ring) {
    slu_fence();                                   /* the word before the look at the sleepers */
    slu_signal_fenced(ring->base + SLU_R_ITEMS);
}

static int slu_refuse_shutdown(const slu_ring *ring, sluice_error *error) {
    return slu_fail(error, SLUICE_SHUTDOWN, "ring '%s' was shut down; nothing can be put into it any more",
                    ring->object->name);
}

/* The only producer with one consumer reads the head: pairs with its release, the slots are free. */
static bool slu_find_room(sluice_producer *producer, uint64_t end) {
    slu_ring *ring = &producer->ring;
    producer->room_end = ring->consumers == SLU_MANY
            ? slu_released_from(ring, producer->room_end, end)
            : slu_head(ring) + ring->limit;
    return end <= producer->room_end;
}

/* Everything before the tail had room when it was claimed, so only what lies behind it is in question. */
static bool slu_room_up_to(sluice_producer *producer, uint64_t tail, uint64_t end) {
    uint64_t room = producer->room_end > tail ? producer->room_end : tail;
    if (room < end) {
        room = slu_released_from(&producer->ring, room, end);
        producer->room_end = room;
    }
    return room >= end;
}

static bool slu_has_room(void *context) {
    sluice_producer *producer = (sluice_producer *) context;
    slu_ring *ring = &producer->ring;
    if (slu_is_shutdown(ring)) {
        return true;
    }
    uint64_t tail = producer->only ? producer->tail : slu_find_tail(ring);
    uint32_t to_end = slu_to_end(ring, tail);       /* the padding before a message is claimed by itself */
    uint64_t end = tail + (producer->wanted < to_end ? producer->wanted : to_end);
    return producer->only ? slu_find_room(producer, end) : slu_room_up_to(producer, tail, end);
}

/* The tail in memory is a hint for walks; it moves with each stride of slots. */
static void slu_advance(sluice_producer *producer, uint32_t count) {
    uint64_t stride = producer->ring.hint_lag == 0 ? 1 : producer->ring.hint_lag;
    uint64_t before = producer->tail;
    producer->tail += count;
    if (((before ^ producer->tail) & (0 - stride)) != 0) {
        slu_release64(producer->ring.base + SLU_R_TAIL, producer->tail);
    }
}

/* A claim of the only producer is private: the word of its slot stays FREE, and no other process writes there. */
static int slu_claim_only(sluice_producer *producer, uint32_t count, sluice_error *error) {
    slu_ring *ring = &producer->ring;
    for (;;) {
        bool pads = count > slu_to_end(ring, producer->tail);
        uint32_t needed = pads ? slu_to_end(ring, producer->tail) : count;
        uint64_t end = producer->tail + needed;
        if (end > producer->room_end) {
            if (slu_is_shutdown(ring)) {
                return slu_refuse_shutdown(ring, error);
            }
            if (!slu_find_room(producer, end)) {
                return SLUICE_FULL;
            }
        }
        if (!pads) {
            producer->position = producer->tail;
            slu_cover(ring, producer->tail, count);
            return SLUICE_OK;
        }
        slu_put_word(ring, producer->tail, needed, SLU_ABORTED);
        slu_advance(producer, needed);
        slu_finished(ring);
    }
}

/* The word at the end of the last record goes from FREE to CLAIMED(owner, slots) by compare-and-set: the claim. */
static int slu_claim_many(sluice_producer *producer, uint32_t wanted, sluice_error *error) {
    slu_ring *ring = &producer->ring;
    if (slu_is_shutdown(ring)) {
        return slu_refuse_shutdown(ring, error);
    }
    slu_share(ring, SLU_R_CLAIM_BIAS);
    uint64_t hint = slu_tail(ring);
    uint64_t position = producer->tail > hint ? producer->tail : hint;
    for (;;) {
        uint64_t word = slu_word(ring, position);
        uint32_t seen = slu_seen(ring, position, word);
        if (seen == SLU_FREE) {
            bool pads = wanted > slu_to_end(ring, position);
            uint32_t count = pads ? slu_to_end(ring, position) : wanted;
            bool room = (count == 1 && ring->limit == ring->slots)
                    || slu_room_up_to(producer, position, position + count);
            hint = slu_tail(ring);
            if (position > hint + ring->hint_lag) {
                slu_raise(ring->base + SLU_R_TAIL, position);
            }
            if (hint > position) {
                position = hint;           /* another producer was faster, and the word may be payload */
            } else if (!room) {
                return SLUICE_FULL;
            } else if (slu_cas_word(ring, position, word, count, pads ? SLU_ABORTED : SLU_CLAIMED)) {
                SLUICE_CRASH_POINT(CLAIM_WORD_SET);
                producer->tail = position + count;
                if (!pads) {
                    producer->position = position;
                    /* Consumers that saw the flag and then this slot free have gone. The exchange is the fence. */
                    if (slu_is_shutdown(ring)) {
                        slu_put_word(ring, position, count, SLU_ABORTED);
                        slu_finished(ring);
                        return slu_refuse_shutdown(ring, error);
                    }
                    slu_cover(ring, position, count);
                    return SLUICE_OK;
                }
                position += count;
            }
        } else if (seen == SLU_RELEASED) {
            position++;                    /* claimed and released since the tail was read */
        } else if (seen != SLU_OTHER) {
            position += slu_word_slots(word);
        } else {
            /* The slot is still in use by the last turn, or this thread slept for a turn and reads payload. */
            bool room = slu_room_up_to(producer, position, position + 1);
            hint = slu_tail(ring);
            if (hint > position) {
                position = hint;
            } else if (!room) {
                return SLUICE_FULL;
            } else if (slu_word(ring, position) == word) {
                return slu_corrupt(ring, position, error);
            }
        }
    }
}

int sluice_claim(sluice_producer *producer, int32_t type, size_t length, int64_t timeout_nanos, void **payload,
                 sluice_error *error) {
    slu_ring *ring = &producer->ring;
    if (producer->open) {
        return slu_fail(error, SLUICE_INVALID, "ring '%s': the claim at %llu is open, none is expected; commit or "
                        "abort it",
                        ring->object->name, (unsigned long long) producer->position);
    }
    if (length > slu_max_message(ring)) {
        return slu_fail(error, SLUICE_INVALID, "ring '%s': a message of %zu bytes, at most %zu expected, a quarter of "
                        "%u slots of %u bytes; split it, or create the ring with more or larger "
                        "slots", ring->object->name,
                        length, slu_max_message(ring), ring->limit, 1u << ring->slot_shift);
    }
    uint32_t count = slu_slots_for(ring, length);
    int64_t deadline = timeout_nanos <= 0 ? 0 : slu_deadline(timeout_nanos);
    bool last = false;
    for (;;) {
        int result = producer->only ? slu_claim_only(producer, count, error) : slu_claim_many(producer, count, error);
        if (result == SLUICE_OK) {
            producer->open = true;
            producer->count = count;
            producer->header = (uint64_t) (uint32_t) type << 32 | (uint32_t) length;
            *payload = slu_at(ring, producer->position) + SLU_M_PAYLOAD;
            SLUICE_CRASH_POINT(CLAIM_HELD);
            return SLUICE_OK;
        }
        if (result != SLUICE_FULL) {
            return result;
        }
        (void) slu_add64(ring->base + SLU_R_REFUSED, 1);
        if (timeout_nanos <= 0) {
            int looked = slu_look_at_deaths(ring->object, &producer->tries, &producer->looked, error);
            return looked < 0 ? looked : SLUICE_FULL;
        }
        if (last) {
            return SLUICE_TIMEOUT;
        }
        producer->wanted = count;
        result = slu_await(ring->object, ring->base + SLU_R_SPACE, slu_has_room, producer, deadline, SLU_C_ROOM, NULL,
                           error);
        if (result != SLUICE_OK) {
            return result;
        }
        if (slu_is_over(deadline)) {
            last = true;                   /* others may take the room each time; one more try */
        }
    }
}

/*
 * The end of a claim. The only producer announces it: CLAIMED, then a look whether the ring was shut down, then
 * COMMITTED. A consumer that saw the flag, made the heavy fence and found the slot FREE is at the end; otherwise it
 * sees CLAIMED and waits. So each message is read, or refused. OneProducer has the proof.
 */
static int slu_end_claim(sluice_producer *producer, uint32_t state, sluice_error *error) {
    slu_ring *ring = &producer->ring;
    if (!producer->open) {
        return slu_fail(error, SLUICE_INVALID, "ring '%s': nothing is claimed, a claim is expected; call sluice_claim "
                        "first",
                        ring->object->name);
    }
    uint64_t position = producer->position;
    uint32_t written = state;
    if (state == SLU_COMMITTED) {
        if (producer->only) {
            slu_put_word(ring, position, producer->count, SLU_CLAIMED);
        }
        slu_put64(slu_at(ring, position) + SLU_M_HEADER, producer->header);     /* the word publishes it */
        if (producer->only) {
            SLUICE_CRASH_POINT(COMMIT_ANNOUNCED);
            slu_fence();
            if (slu_opaque32(ring->base + SLU_R_SHUTDOWN) != 0) {
                written = SLU_ABORTED;
                producer->room_end = producer->tail;
            }
        }
    }
    slu_put_word(ring, position, producer->count, written);     /* pairs with slu_word of the consumer */
    if (producer->only) {
        slu_advance(producer, producer->count);
    }
    producer->open = false;
    SLUICE_CRASH_POINT(COMMIT_WORD_SET);
    slu_finished(ring);
    return written == state ? SLUICE_OK : slu_refuse_shutdown(ring, error);
}

int sluice_commit(sluice_producer *producer, sluice_error *error) {
    return slu_end_claim(producer, SLU_COMMITTED, error);
}

int sluice_abort(sluice_producer *producer, sluice_error *error) {
    return slu_end_claim(producer, SLU_ABORTED, error);
}

int sluice_send(sluice_producer *producer, int32_t type, const void *payload, size_t length, int64_t timeout_nanos,
                sluice_error *error) {
    void *to;
    int result = sluice_claim(producer, type, length, timeout_nanos, &to, error);
    if (result != SLUICE_OK) {
        return result;
    }
    if (length > 0) {
        memcpy(to, payload, length);
    }
    return sluice_commit(producer, error);
}

void sluice_producer_close(sluice_producer *producer) {
    if (producer == NULL) {
        return;
    }
    slu_ring *ring = &producer->ring;
    if (producer->open) {
        (void) sluice_abort(producer, NULL);
    }
    if (producer->only) {
        slu_raise(ring->base + SLU_R_TAIL, slu_find_tail(ring));
        slu_leave_role(ring, SLU_R_PRODUCER);
        slu_signal(ring->base + SLU_R_ITEMS);
    }
    slu_detach(ring->object);
    free(producer);
}

/* --- Consumers. OneConsumer; ManyConsumer with Front. --- */

struct sluice_consumer {
    slu_ring ring;
    bool only;
    bool shown;              /* a message, not done yet */
    uint64_t position;       /* of that message */
    uint32_t count;
    uint64_t next;           /* only consumer: the next message; this process alone moves it */
    uint64_t reached;        /* many: some taker has gone past everything before it */
    uint64_t released;       /* many: everything before it has been released */
    uint64_t settled;        /* many: no message of the first so many returns is still there; Front has the proof */
    uint32_t tries;
    int64_t looked;
    int failure;             /* found by the condition of a wait */
};

int sluice_consumer_open(sluice_consumer **consumer, sluice_space *space, const char *name, sluice_error *error) {
    *consumer = NULL;
    sluice_consumer *opened = (sluice_consumer *) calloc(1, sizeof *opened);
    if (opened == NULL) {
        return slu_system(error, "calloc", name, ENOMEM);
    }
    int result = slu_open_ring(&opened->ring, space, name, error);
    if (result != SLUICE_OK) {
        free(opened);
        return result;
    }
    slu_ring *ring = &opened->ring;
    opened->only = ring->consumers == SLU_ONE;
    opened->looked = slu_now();
    if (opened->only) {
        result = slu_take_role(ring, SLU_R_CONSUMER, "consumer", error);
        if (result != SLUICE_OK) {
            slu_detach(ring->object);
            free(opened);
            return result;
        }
        uint64_t oldest = slu_oldest(ring);     /* producers may have lapped what a dead one did not publish */
        uint64_t head = slu_head(ring);
        opened->next = head > oldest ? head : oldest;
    }
    *consumer = opened;
    return SLUICE_OK;
}

void sluice_consumer_shutdown(sluice_consumer *consumer) { slu_shutdown(&consumer->ring); }

/* The head of the only consumer: pairs with the acquire in slu_find_room. Java publishes it once in a batch. */
static void slu_publish(sluice_consumer *consumer) {
    slu_release64(consumer->ring.base + SLU_R_HEAD, consumer->next);
    slu_signal(consumer->ring.base + SLU_R_SPACE);
}

/* The first record that a taker has something to do with, or SLU_NONE. Front.find. */
static uint64_t slu_find(sluice_consumer *consumer) {
    slu_ring *ring = &consumer->ring;
    uint64_t returns = slu_acquire64(ring->base + SLU_R_RETURNS);     /* before the words */
    bool searches = returns != consumer->settled;
    uint64_t from = searches ? slu_oldest(ring) : slu_head(ring);
    uint64_t known = searches ? consumer->released : consumer->reached;
    uint64_t position = from > known ? from : known;
    bool all_released = searches;
    for (;;) {
        uint64_t word = slu_word(ring, position);
        uint32_t seen = slu_seen(ring, position, word);
        if (all_released && seen != SLU_RELEASED) {
            all_released = false;
            consumer->released = position;
        }
        if (seen == SLU_FREE || seen == SLU_CLAIMED || seen == SLU_COMMITTED) {
            if (position > consumer->reached) {
                consumer->reached = position;
            }
            if (searches) {
                consumer->settled = returns;
            }
            return seen == SLU_COMMITTED ? position : SLU_NONE;
        }
        if (seen == SLU_RETURNED || seen == SLU_ABORTED) {
            return position;
        }
        if (seen == SLU_RELEASED) {
            position++;
        } else if (seen == SLU_OTHER) {
            uint64_t oldest = slu_oldest(ring);
            if (position < oldest) {
                position = oldest;             /* released and claimed again; the head lags */
                all_released = searches;
            } else if (slu_turns_ahead(word, slu_turn(ring, position)) < 0) {
                if (searches) {
                    consumer->settled = returns;       /* still in use by the last turn, so not claimed */
                }
                return SLU_NONE;
            } else if (slu_word(ring, position) == word) {
                consumer->failure = SLUICE_CORRUPT;
                consumer->position = position;
                return SLU_NONE;
            }
        } else {
            position += slu_word_slots(word);          /* taken, or being released */
        }
    }
}

/* The next message of the only consumer, which owns the head: to take is to read. */
static int slu_next_only(sluice_consumer *consumer, sluice_error *error) {
    slu_ring *ring = &consumer->ring;
    bool moved = false;
    for (;;) {
        uint64_t word = slu_word(ring, consumer->next);
        uint32_t seen = slu_seen(ring, consumer->next, word);
        uint32_t count = slu_word_slots(word);
        if (seen == SLU_RELEASED) {
            consumer->next++;                  /* by a predecessor that died before it published the head */
        } else if (seen == SLU_ABORTED) {
            slu_release(ring, consumer->next, count, 0);
            consumer->next += count;
        } else {
            if (moved) {
                slu_publish(consumer);
            }
            if (seen == SLU_COMMITTED) {
                consumer->position = consumer->next;
                consumer->count = count;
                return SLUICE_OK;
            }
            if (seen == SLU_OTHER && slu_word(ring, consumer->next) == word) {
                return slu_corrupt(ring, consumer->next, error);
            }
            if (seen != SLU_OTHER) {
                return SLUICE_EMPTY;
            }
        }
        moved |= seen == SLU_RELEASED || seen == SLU_ABORTED;
    }
}

/* The next message of one of many consumers: its word goes to TAKEN(owner) by compare-and-set. */
static int slu_next_many(sluice_consumer *consumer, sluice_error *error) {
    slu_ring *ring = &consumer->ring;
    slu_share(ring, SLU_R_TAKE_BIAS);
    while (!slu_is_shutdown_now(ring)) {
        consumer->failure = 0;
        uint64_t position = slu_find(consumer);
        if (consumer->failure != 0) {
            return slu_corrupt(ring, consumer->position, error);
        }
        if (position == SLU_NONE) {
            return SLUICE_EMPTY;
        }
        uint64_t word = slu_word(ring, position);      /* the exchange is what decides */
        uint32_t count = slu_word_slots(word);
        uint32_t seen = slu_seen(ring, position, word);
        if (seen == SLU_COMMITTED) {
            uint64_t head = slu_head(ring);
            if (position > head && position - head >= ring->hint_lag) {
                slu_raise(ring->base + SLU_R_HEAD, position);
            }
        }
        if (seen == SLU_COMMITTED || seen == SLU_RETURNED) {
            if (slu_cas_word(ring, position, word, count, SLU_TAKEN)) {
                SLUICE_CRASH_POINT(TAKE_WORD_SET);
                if (seen == SLU_COMMITTED) {
                    consumer->reached = position + count;
                }
                consumer->position = position;
                consumer->count = count;
                return SLUICE_OK;
            }
        } else if (seen == SLU_ABORTED && slu_cas_word(ring, position, word, count, SLU_DONE)) {
            slu_release(ring, position, count, 0);
            slu_signal(ring->base + SLU_R_SPACE);
        }
    }
    return SLUICE_EMPTY;
}

static bool slu_has_message(void *context) {
    sluice_consumer *consumer = (sluice_consumer *) context;
    slu_ring *ring = &consumer->ring;
    if (consumer->only) {
        uint32_t seen = slu_seen(ring, consumer->next, slu_word(ring, consumer->next));
        if (seen == SLU_COMMITTED || seen == SLU_ABORTED || seen == SLU_RELEASED || seen == SLU_OTHER) {
            return true;
        }
    } else if (!slu_is_shutdown_now(ring) && (slu_find(consumer) != SLU_NONE || consumer->failure != 0)) {
        return true;
    }
    return slu_is_drained(ring);
}

int sluice_receive(sluice_consumer *consumer, int64_t timeout_nanos, sluice_message *message, sluice_error *error) {
    slu_ring *ring = &consumer->ring;
    if (consumer->shown) {
        return slu_fail(error, SLUICE_INVALID, "ring '%s': the message at %llu is not done; call sluice_done first",
                        ring->object->name, (unsigned long long) consumer->position);
    }
    int64_t deadline = timeout_nanos <= 0 ? 0 : slu_deadline(timeout_nanos);
    bool last = false;
    for (;;) {
        int result = consumer->only ? slu_next_only(consumer, error) : slu_next_many(consumer, error);
        if (result == SLUICE_OK) {
            uint8_t *slot = slu_at(ring, consumer->position);
            uint64_t header = slu_opaque64(slot + SLU_M_HEADER);     /* the word's acquire precedes */
            uint64_t room = ((uint64_t) consumer->count << ring->slot_shift) - SLU_M_PAYLOAD;
            if ((uint32_t) header > room) {
                return slu_fail(error, SLUICE_CORRUPT, "ring '%s': the message at position %llu says that it has %u "
                                "bytes, its %u slots hold %llu; unlink and recreate it", ring->object->name,
                                (unsigned long long) consumer->position, (uint32_t) header, consumer->count,
                                (unsigned long long) room);
            }
            message->payload = slot + SLU_M_PAYLOAD;
            message->length = (uint32_t) header;
            message->type = (int32_t) (header >> 32);
            message->position = consumer->position;
            consumer->shown = true;
            SLUICE_CRASH_POINT(TAKE_HELD);
            return SLUICE_OK;
        }
        if (result != SLUICE_EMPTY) {
            return result;
        }
        if (slu_is_drained(ring)) {
            return SLUICE_END;
        }
        if (timeout_nanos <= 0) {
            int looked = slu_look_at_deaths(ring->object, &consumer->tries, &consumer->looked, error);
            return looked < 0 ? looked : SLUICE_EMPTY;
        }
        if (last) {
            return SLUICE_TIMEOUT;
        }
        result = slu_await(ring->object, ring->base + SLU_R_ITEMS, slu_has_message, consumer, deadline, SLU_C_MESSAGE,
                           NULL, error);
        if (result != SLUICE_OK) {
            return result;
        }
        if (slu_is_over(deadline)) {
            last = true;                       /* others may take each message; one more try */
        }
    }
}

int sluice_done(sluice_consumer *consumer, sluice_error *error) {
    slu_ring *ring = &consumer->ring;
    if (!consumer->shown) {
        return slu_fail(error, SLUICE_INVALID, "ring '%s': no message is shown, one is expected; call sluice_receive "
                        "first",
                        ring->object->name);
    }
    consumer->shown = false;
    slu_release(ring, consumer->position, consumer->count, consumer->count);
    if (consumer->only) {
        consumer->next += consumer->count;
        slu_publish(consumer);
    } else {
        slu_signal(ring->base + SLU_R_SPACE);
        if (slu_is_shutdown(ring)) {
            slu_signal(ring->base + SLU_R_ITEMS);      /* they may have waited for this release alone */
        }
    }
    return SLUICE_OK;
}

void sluice_consumer_close(sluice_consumer *consumer) {
    if (consumer == NULL) {
        return;
    }
    slu_ring *ring = &consumer->ring;
    if (consumer->only) {
        slu_leave_role(ring, SLU_R_CONSUMER);          /* a message that is shown is COMMITTED, for the next consumer */
        slu_signal(ring->base + SLU_R_SPACE);
    } else if (consumer->shown) {
        slu_put_word(ring, consumer->position, consumer->count, SLU_RETURNED);
        slu_add64(ring->base + SLU_R_RETURNS, 1);
        slu_add64(ring->base + SLU_R_GIVEN_BACK, 1);
        slu_signal(ring->base + SLU_R_ITEMS);
    }
    slu_detach(ring->object);
    free(consumer);
}

/* ===== What a kind demands of its body, and of its recovery. ===== */

static int slu_check_body(const slu_object *object, sluice_error *error) {
    const uint64_t *parameters = object->header.parameters;
    uint64_t bytes = object->header.body_bytes;
    uint64_t expected = 0;
    bool possible = true;
    switch (object->header.kind) {
        case SLU_KIND_RING:
            possible = slu_ring_is_possible(parameters);
            if (possible && parameters[3] == SLU_BROADCAST) {
                return slu_fail(error, SLUICE_UNSUPPORTED, "ring '%s' is a broadcast, expected one or many consumers",
                                object->name);
            }
            expected = possible ? SLU_R_FIRST_SLOT + slu_slots(parameters[0]) * parameters[1] : 0;
            break;
        case SLU_KIND_LOCK:
            possible = parameters[1] <= SLU_POLICY_IGNORE && parameters[2] <= INT32_MAX;
            expected = SLU_L_FIRST_ENTRY + parameters[2] * SLU_L_ENTRY_BYTES;
            break;
        case SLU_KIND_NUMBER:
            expected = SLU_PAGE + 128;
            break;
        case SLU_KIND_VALUE:
            possible = parameters[0] == 1 && parameters[1] <= INT32_MAX;
            expected = possible ? SLU_PAGE + SLU_V_FIRST_CELL + slu_cell_bytes(parameters[1]) : 0;
            break;
        default:
            return slu_fail(error, SLUICE_UNSUPPORTED, "'%s' is a %s, expected a ring, lock, number or value",
                            object->name, slu_kind_name(object->header.kind));
    }
    return possible && expected == bytes ? SLUICE_OK
            : slu_fail(error, SLUICE_CORRUPT, "'%s': a %s with the parameters %lld, %lld, %lld, %lld in a body of %llu "
                       "bytes, expected %llu; unlink and recreate it", object->name, slu_kind_name(object->header.kind),
                       (long long) parameters[0], (long long) parameters[1], (long long) parameters[2],
                       (long long) parameters[3], (unsigned long long) bytes, (unsigned long long) expected);
}

/* False if the body is damaged. */
static bool slu_recover_body(slu_object *object, uint32_t slot, uint64_t pid) {
    const uint64_t *parameters = object->header.parameters;
    switch (object->header.kind) {
        case SLU_KIND_RING:
            return slu_ring_recover_dead(object, slot);
        case SLU_KIND_LOCK:
            slu_lock_recover_dead(object->body, (uint32_t) parameters[2], slot, pid, parameters[1]);
            return true;
        case SLU_KIND_VALUE: {
            slu_lock_recover_dead(object->body, SLU_GUARD_WAITERS, slot, pid, SLU_POLICY_POISON);
            uint8_t *cell = object->body + SLU_PAGE + SLU_V_FIRST_CELL;
            uint64_t word = slu_volatile64(cell);
            if ((word & SLU_MAX_OWNER) == slot) {              /* its half-written copy is one that no reader reads */
                (void) slu_cas64(cell, word, word & ~(uint64_t) SLU_MAX_OWNER);
            }
            slu_wake_all(object->body + SLU_PAGE);
            return true;
        }
        default:
            slu_lock_recover_dead(object->body, SLU_GUARD_WAITERS, slot, pid, SLU_POLICY_POISON);
            return true;
    }
}

#endif /* SLUICE_IMPLEMENTATION */

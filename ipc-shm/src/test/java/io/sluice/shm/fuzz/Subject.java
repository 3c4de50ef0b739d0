package io.sluice.shm.fuzz;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedReadWriteLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.value.SharedLong;
import io.sluice.shm.value.SharedRecordArray;
import io.sluice.shm.value.SharedValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/// The objects whose bytes are damaged, one of each kind: how a process leaves one half done, and what users
/// do with one. Every wait has a time-out, or is interrupted by the test.
@SuppressWarnings({     // what users may do, not what they should
    "ReturnValueIgnored", "WaitNotInLoop", "ArgumentSelectionDefectChecker", "ArrayRecordComponent"
})
enum Subject {
    ONE_TO_ONE {
        @Override
        Handle open(SharedSpace space) {
            return ring(space.ring(file(), RingOptions.oneToOne(16)), false);
        }
    },
    MANY_TO_MANY {
        @Override
        Handle open(SharedSpace space) {
            return ring(space.ring(file(), RingOptions.manyToMany(16)), false);
        }
    },
    BROADCAST {
        @Override
        Handle open(SharedSpace space) {
            return ring(space.ring(file(), RingOptions.broadcast(16)), true);
        }
    },
    QUEUE {
        @Override
        Handle open(SharedSpace space) {
            SharedQueue<Order> queue = space.queue(file(), ORDERS, 8);
            return new Handle(queue, () -> {
                queue.put(Order.of(1));
                queue.put(Order.large());
                queue.put(Order.of(2));
                queue.take();
            }, random -> {
                switch (random.nextInt(8)) {
                    case 0 -> queue.offer(Order.of(3));
                    case 1 -> queue.offer(Order.large(), 1, TimeUnit.MILLISECONDS);
                    case 2 -> queue.poll(1, TimeUnit.MILLISECONDS);
                    case 3 -> queue.peek();
                    case 4 -> queue.iterator().forEachRemaining(order -> {});
                    case 5 -> queue.drainTo(new ArrayList<>(), 4);
                    case 6 -> queue.remove(Order.of(2));
                    default -> queue.size();
                }
                queue.poll();
            });
        }
    },
    TASK_QUEUE {
        @Override
        Handle open(SharedSpace space) {
            SharedTaskQueue<Order> tasks = space.taskQueue(file(), ORDERS, 8);
            return new Handle(tasks, () -> {
                tasks.put(Order.of(1));
                tasks.put(Order.large());
                tasks.put(Order.of(2));
                tasks.take();
            }, random -> {
                tasks.offer(Order.of(3));
                if (tasks.poll(1, TimeUnit.MILLISECONDS) != null) {
                    if (random.nextBoolean()) {
                        tasks.taskDone();
                    } else {
                        tasks.giveBack();
                    }
                }
                tasks.size();
                tasks.leased();
                tasks.join(1, TimeUnit.MILLISECONDS);
            });
        }
    },
    PIPE {
        @Override
        Handle open(SharedSpace space) {
            SharedPipe<Order> pipe = space.pipe(file(), ORDERS);
            return new Handle(pipe, () -> {
                Connection<Order> first = pipe.first();
                first.send(Order.of(1));
                first.send(Order.large());
                first.send(Order.of(2));
            }, random -> {
                Connection<Order> first = pipe.first();
                Connection<Order> second = pipe.second();
                if (random.nextBoolean()) {
                    first.send(Order.of(3));
                }
                second.poll(1, TimeUnit.MILLISECONDS);
                second.receive();
            });
        }
    },
    LOCK {
        @Override
        @SuppressWarnings("LockNotBeforeTry")   // the process is killed while it holds the lock
        Handle open(SharedSpace space) {
            SharedReentrantLock lock = space.reentrantLock(file());
            return new Handle(lock, lock::lock, random -> {
                lock.owner();
                lock.isPoisoned();
                tryLocked(lock, () -> lock.recover(() -> {}), () -> {
                    lock.condition(0).await(1, TimeUnit.MILLISECONDS);
                    lock.condition(0).signalAll();
                });
            });
        }
    },
    READ_WRITE_LOCK {
        @Override
        @SuppressWarnings("LockNotBeforeTry")
        Handle open(SharedSpace space) {
            SharedReadWriteLock lock = space.readWriteLock(file());
            return new Handle(lock, lock.readLock()::lock, random -> {
                lock.writer();
                lock.readers();
                tryLocked(random.nextBoolean() ? lock.readLock() : lock.writeLock(),
                        () -> lock.recover(() -> {}), () -> {});
            });
        }
    },
    SEMAPHORE {
        @Override
        Handle open(SharedSpace space) {
            SharedSemaphore semaphore = space.semaphore(file(), SemaphoreOptions.bounded(4));
            return new Handle(semaphore, () -> semaphore.acquire(2), random -> {
                semaphore.availablePermits();
                semaphore.outstandingPermits();
                if (semaphore.tryAcquire(1 + random.nextInt(4), 1, TimeUnit.MILLISECONDS)) {
                    semaphore.release(semaphore.heldPermits());
                }
                semaphore.drainPermits();
            });
        }
    },
    EVENT {
        @Override
        Handle open(SharedSpace space) {
            SharedEvent event = space.event(file());
            return new Handle(event, event::set, random -> {
                event.clear();
                event.await(1, TimeUnit.MILLISECONDS);
                event.set();
                event.await(1, TimeUnit.MILLISECONDS);
                event.sets();
            });
        }
    },
    LATCH {
        @Override
        Handle open(SharedSpace space) {
            SharedCountDownLatch latch = space.countDownLatch(file(), 3);
            return new Handle(latch, latch::countDown, random -> {
                latch.await(1, TimeUnit.MILLISECONDS);
                latch.countDown();
                latch.getCount();
            });
        }
    },
    BARRIER {
        @Override
        Handle open(SharedSpace space) {
            SharedBarrier barrier = space.barrier(file(), 1);
            return new Handle(barrier, barrier::await, random -> {
                barrier.getNumberWaiting();
                if (random.nextBoolean()) {
                    barrier.reset();
                }
                barrier.await(1, TimeUnit.MILLISECONDS);
                barrier.isBroken();
            });
        }
    },
    NUMBER {
        @Override
        Handle open(SharedSpace space) {
            SharedLong number = space.longValue(file(), 7);
            return new Handle(number, () -> number.lock().lock(), random -> {
                number.getAndAdd(1);
                tryLocked(number.lock(), () -> number.lock().recover(() -> {}), () -> number.set(5));
            });
        }
    },
    VALUE {
        @Override
        Handle open(SharedSpace space) {
            SharedValue<Fixed> value = space.value(file(), Codec.ofRecord(Fixed.class), new Fixed(1, 2, 3));
            return new Handle(value, () -> value.set(new Fixed(4, 5, 6)), random -> {
                value.get();
                value.updateAndGet(old -> new Fixed(old.third(), old.second(), old.first()));
                value.set(new Fixed(7, 8, 9));
                value.version();
            });
        }
    },
    RECORD_ARRAY {
        @Override
        Handle open(SharedSpace space) {
            SharedRecordArray<Fixed> array =
                    space.recordArray(file(), Codec.ofRecord(Fixed.class), 16, new Fixed(1, 2, 3));
            return new Handle(array, () -> array.set(3, new Fixed(4, 5, 6)), random -> {
                long index = random.nextInt(16);
                array.get(index);
                array.set(index, new Fixed(7, 8, 9));
                array.updateAndGet(index, old -> new Fixed(old.third(), old.second(), old.first()));
            });
        }
    },
    ARRAY {
        @Override
        Handle open(SharedSpace space) {
            SharedLongArray array = space.longArray(file(), 64);
            return new Handle(array, () -> array.fill(0, 64, 5), random -> {
                array.getAndAdd(random.nextInt(64), 1);
                array.toArray();
                array.asSegment().getAtIndex(java.lang.foreign.ValueLayout.JAVA_LONG, 63);
            });
        }
    };

    /// Of every shape that a codec knows to be hostile in: text, nested, optional, long.
    record Order(String symbol, int quantity, List<Long> lots, byte[] note) implements Serializable {
        private static final int LARGE = 20_000;

        static Order of(int number) {
            return new Order("symbol-" + number, number, List.of(1L, (long) number), new byte[number]);
        }

        static Order large() {
            return new Order("large", LARGE, List.of(), new byte[LARGE]);
        }
    }

    /// Of a fixed length, for values.
    record Fixed(long first, int second, long third) {}

    /// Work that may throw any exception.
    interface Work {
        void run() throws Exception;
    }

    /// Work that chooses among the operations of users.
    interface Use {
        void run(Random random) throws Exception;
    }

    /// An open object.
    ///
    /// @param closes it
    /// @param fill leaves it with an operation half done
    /// @param use what a user does
    record Handle(AutoCloseable closes, Work fill, Use use) {}

    private static final Codec<Order> ORDERS = Codec.ofRecord(Order.class);
    private static final int MESSAGES = 3;
    private static final int MESSAGE_BYTES = 100;

    /// Opens the object, and creates it if it is not there.
    abstract Handle open(SharedSpace space);

    /// Name of its file.
    String file() {
        return "subject-" + name().toLowerCase(java.util.Locale.ROOT);
    }

    private static Handle ring(SharedRing ring, boolean broadcast) {
        return new Handle(ring, () -> {
            RingProducer producer = ring.producer();
            RingConsumer consumer = broadcast ? ring.subscribe(SlowConsumer.BLOCK) : ring.consumer();
            for (int i = 0; i < MESSAGES; i++) {
                send(producer);
            }
            consumer.read((type, buffer, index, length) -> {}, 1);
            producer.tryClaim(new Claim(), 1, MESSAGE_BYTES);     // stays open
        }, random -> {
            try (RingProducer producer = ring.producer();
                    RingConsumer consumer = broadcast
                            ? ring.subscribe(random.nextBoolean() ? SlowConsumer.BLOCK : SlowConsumer.DROP)
                            : ring.consumer()) {
                send(producer);
                consumer.read((type, buffer, index, length) -> {
                    for (int i = 0; i < length; i += Long.BYTES) {
                        buffer.getByte(index + i);
                    }
                }, 4, TimeUnit.MILLISECONDS.toNanos(1));
                if (random.nextInt(8) == 0) {
                    ring.shutdown();
                    consumer.read((type, buffer, index, length) -> {}, 4, TimeUnit.MILLISECONDS.toNanos(1));
                }
            } finally {
                ring.size();
                ring.history((type, payload, length) -> length);
            }
        });
    }

    private static void send(RingProducer producer) {
        try (Claim claim = new Claim()) {
            if (producer.tryClaim(claim, 1, MESSAGE_BYTES)) {
                claim.buffer().setMemory(0, MESSAGE_BYTES, (byte) 7);
                claim.commit();
            }
        }
    }

    private static void tryLocked(Lock lock, Work recover, Work work) throws Exception {
        try {
            if (!lock.tryLock(1, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (LockPoisonedException poisoned) {
            recover.run();
            return;
        }
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }
}

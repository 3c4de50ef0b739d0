"""Python's multiprocessing.Queue, one way, between two processes on two cores.

    one_way.py milliseconds core-of-sender core-of-receiver

Prints the number of messages and the nanoseconds from before the first until the last was received."""
import multiprocessing
import os
import sys
import time

MESSAGE = bytes(32)


def pin(core):
    try:
        os.sched_setaffinity(0, {core})
    except OSError:
        pass


def consume(queue, ready, result, core):
    pin(core)
    ready.send(True)
    count = 0
    while queue.get() is not None:
        count += 1
    result.send((count, time.monotonic_ns()))


if __name__ == '__main__':
    milliseconds, sender, receiver = (int(word) for word in sys.argv[1:])
    pin(sender)
    queue = multiprocessing.Queue()
    there, ready = multiprocessing.Pipe(False)
    answer, result = multiprocessing.Pipe(False)
    consumer = multiprocessing.Process(target=consume, args=(queue, ready, result, receiver))
    consumer.start()
    there.recv()
    start = time.monotonic_ns()
    end = start + milliseconds * 1_000_000
    while time.monotonic_ns() < end:
        for _ in range(100):
            queue.put(MESSAGE)
    queue.put(None)
    count, finished = answer.recv()
    consumer.join()
    print(count, finished - start)

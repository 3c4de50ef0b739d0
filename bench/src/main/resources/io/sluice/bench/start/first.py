"""Median milliseconds until a new process or pool has answered: first.py element|pool spawn|forkserver SECONDS"""
import multiprocessing
import sys
import time


def put(queue):
    queue.put(42)


def answer():
    return 42


def element(context):
    queue = context.Queue()
    begin = time.perf_counter()
    process = context.Process(target=put, args=(queue,))
    process.start()
    queue.get()
    elapsed = time.perf_counter() - begin
    process.join()
    return elapsed


def pool(context):
    begin = time.perf_counter()
    with context.Pool(2) as workers:
        workers.apply(answer)
        return time.perf_counter() - begin


if __name__ == '__main__':
    once = {'element': element, 'pool': pool}[sys.argv[1]]
    context = multiprocessing.get_context(sys.argv[2])
    once(context)
    times, end = [], time.perf_counter() + float(sys.argv[3])
    while not times or time.perf_counter() < end:
        times.append(once(context))
    print(sorted(times)[len(times) // 2] * 1e3)

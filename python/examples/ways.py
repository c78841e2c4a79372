# SPDX-License-Identifier: Apache-2.0
"""Six ways to run a list of circuits. They give the same results, byte for byte; what differs is who waits, and where.

The other examples take one of these functions as an argument, so that each shows the same task in every way. Every
run gets one thread here (`threads=1`), since there are more circuits than processors: that leaves none idle and costs
no meeting of threads inside a run.
"""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import functools
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import ketch

Way = Callable[..., list[ketch.Result]]
PROCESSORS = len(os.sched_getaffinity(0))
session = ketch.Session(threads=PROCESSORS)


def in_turn(circuits: Sequence[ketch.Circuit], **options: Any) -> list[ketch.Result]:
    """One after the other: what the others are compared with."""
    return [session.run(circuit, threads=1, **options) for circuit in circuits]


def batch(circuits: Sequence[ketch.Circuit], **options: Any) -> list[ketch.Result]:
    """All in one call, which shares them out itself. (Circuit i draws with a seed of its own, batch_seed(seed, i).)"""
    return session.run(circuits, threads=1, **options)


def threads(circuits: Sequence[ketch.Circuit], **options: Any) -> list[ketch.Result]:
    """Python's threads: a run holds no lock of the interpreter, so they are really side by side."""
    with concurrent.futures.ThreadPoolExecutor(PROCESSORS) as pool:
        return list(pool.map(functools.partial(session.run, threads=1, **options), circuits))


def futures(circuits: Sequence[ketch.Circuit], **options: Any) -> list[ketch.Result]:
    """Futures, of the library's own threads: the caller may do something else before it asks for the results."""
    running = [session.submit(circuit, threads=1, **options) for circuit in circuits]
    return [future.result() for future in running]


def coroutines(circuits: Sequence[ketch.Circuit], **options: Any) -> list[ketch.Result]:
    """asyncio: the loop serves others while circuits run."""

    async def gather() -> list[ketch.Result]:
        return await asyncio.gather(*(session.run_async(circuit, threads=1, **options) for circuit in circuits))

    return asyncio.run(gather())


@functools.cache
def workers() -> concurrent.futures.ProcessPoolExecutor:
    """Processes that stay: starting one takes longer than a thousand small runs."""
    return concurrent.futures.ProcessPoolExecutor(PROCESSORS, multiprocessing.get_context("forkserver"))


def processes(circuits: Sequence[ketch.Circuit], **options: Any) -> list[ketch.Result]:
    """Processes: circuits, some at a time, and the session go there and results come back, as bytes."""
    share = -(-len(circuits) // (4 * PROCESSORS))
    run = functools.partial(session.run, threads=1, **options)
    return list(workers().map(run, circuits, chunksize=share))


WAYS: dict[str, Way] = {way.__name__: way for way in (in_turn, batch, threads, futures, coroutines, processes)}


def measure(task: Callable[[Way], object], rounds: int = 5) -> str:
    """What each way gains: medians of rounds in which the ways take turns, so that a busy machine slows all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, way in WAYS.items():
            start = time.perf_counter()
            task(way)
            seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    lines = [
        f"{name:<10}  {value * 1000:7.0f} ms  {medians['in_turn'] / value:5.2f}" for name, value in medians.items()
    ]
    return "\n".join([f"{'way':<10}  {'time':>10}   gain", *lines])


def main(solve: Callable[[Way], Any], report: Callable[[Any], str]) -> None:
    """The command line that the examples share."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--way", choices=WAYS, default="futures", help="how the circuits are run (default: %(default)s)"
    )
    parser.add_argument("--measure", action="store_true", help="compare the ways")
    chosen = parser.parse_args()
    print(measure(solve) if chosen.measure else report(solve(WAYS[chosen.way])))

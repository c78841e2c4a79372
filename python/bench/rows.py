# SPDX-License-Identifier: Apache-2.0
"""rows.py ROW SIMULATOR [ROUNDS]: one measurement of one simulator, in a process of its own; `run` starts them.

Prints one JSON object. The rows are explained in README.md.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import multiprocessing
import os
import resource
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import simulators


def seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# ── threads: many circuits in a ThreadPoolExecutor, beside two processes ──

CIRCUITS, QUBITS, LAYERS, SHOTS = 64, 16, 10, 1000


def many(name: str, numbers: range) -> list[simulators.Run]:
    return [
        simulators.prepare(name, simulators.ansatz(QUBITS, LAYERS, structure=i, angles=i), QUBITS, 1) for i in numbers
    ]


def half(name: str, numbers: range, pipe: Any) -> None:
    """A process that does every second circuit each time it is told, and says when it was done."""
    runs = many(name, numbers)
    for run in runs:
        run(0, SHOTS)
    pipe.send("ready")
    while (seed := pipe.recv()) is not None:
        for run in runs:
            run(seed, SHOTS)
        pipe.send(time.perf_counter())


def threads(name: str, rounds: int) -> dict[str, Any]:
    runs = many(name, range(CIRCUITS))
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for i in range(2):
        here, there = context.Pipe()
        processes.append(context.Process(target=half, args=(name, range(i, CIRCUITS, 2), there), daemon=True))
        processes[-1].start()
        pipes.append(here)
    for pipe in pipes:
        pipe.recv()

    def two_processes(seed: int) -> None:
        for pipe in pipes:
            pipe.send(seed)
        for pipe in pipes:
            pipe.recv()

    def one_after_the_other(seed: int) -> None:
        for run in runs:
            run(seed, SHOTS)

    with ThreadPoolExecutor(2) as pool:

        def thread_pool(seed: int) -> None:
            list(pool.map(lambda run: run(seed, SHOTS), runs))

        forms = {"alone": one_after_the_other, "threads": thread_pool, "processes": two_processes}
        for form in forms.values():
            form(0)
        best = dict.fromkeys(forms, float("inf"))
        for seed in range(1, rounds + 1):
            for which, form in forms.items():
                best[which] = min(best[which], seconds(lambda form=form, seed=seed: form(seed)))
    for pipe, process in zip(pipes, processes, strict=False):
        pipe.send(None)
        process.join()
    gain = {which: best["alone"] / best[which] for which in ("threads", "processes")}
    return {"seconds": best, "gain": gain, "threads_of_processes": gain["threads"] / gain["processes"]}


# ── gil: a Python thread counts while a long run is under way ──


def count_until(stop: Any) -> tuple[float, float]:
    """Steps a second of a loop, and the longest time between two of them."""
    longest = 0.0
    began = last = time.perf_counter()
    for steps in itertools.count():
        now = time.perf_counter()
        if now - last > longest:
            longest = now - last
        last = now
        if not steps & 1023 and stop():
            return steps / (now - began), longest


def gil(name: str, rounds: int) -> dict[str, Any]:
    qubits = int(os.environ.get("BENCH_QUBITS", "26"))
    run = simulators.prepare(name, simulators.ansatz(qubits, 4), qubits, 1)
    best = {"of_its_speed_alone": 0.0, "longest_stall_seconds": float("inf"), "run_seconds": float("inf")}
    for seed in range(rounds):
        end = time.perf_counter() + 0.5
        alone, _ = count_until(lambda end=end: time.perf_counter() > end)
        ended = threading.Event()
        took: list[float] = []

        def simulate(seed: int = seed, ended: threading.Event = ended, took: list[float] = took) -> None:
            took.append(seconds(lambda: run(seed, 100)))
            ended.set()

        thread = threading.Thread(target=simulate)
        thread.start()
        beside, stall = count_until(ended.is_set)
        thread.join()
        best["of_its_speed_alone"] = max(best["of_its_speed_alone"], beside / alone)
        best["longest_stall_seconds"] = min(best["longest_stall_seconds"], stall)
        best["run_seconds"] = min(best["run_seconds"], took[0])
    return {"qubits": qubits, **best}


# ── call: a small circuit from Python ──


def call(name: str, rounds: int) -> dict[str, Any]:
    """Where the simulator is Ketch the call is `ketch.run` itself."""
    gates = simulators.ansatz(5, 10)
    run = simulators.prepare(name, gates, 5, 1)
    if name == "ketch":
        import ketch

        circuit = ketch.Circuit(simulators.qasm(gates, 5))

        def run(seed: int, shots: int) -> object:
            return ketch.run(circuit, shots=shots, seed=seed).counts

    seeds = itertools.count(1)
    calls = 1

    def repeat(calls: int) -> float:
        return seconds(lambda: [run(next(seeds), 100) for _ in range(calls)])

    while repeat(calls) < 0.1:
        calls *= 2
    best = min(repeat(calls) / calls for _ in range(rounds))
    return {"gates": len(gates), "shots": 100, "microseconds": best * 1e6}


# ── awaited: many small jobs in an event loop ──

STRUCTURES = 64


def resident() -> int:
    """Bytes of memory that the process has now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


async def awaited_once(submit: Any, jobs: int, clients: int) -> dict[str, float]:
    """`clients` tasks that each await one job after the other, and one that looks how late it is woken."""
    numbers = iter(range(jobs))
    lag = 0.0
    done = 0

    async def client() -> None:
        nonlocal done
        for i in numbers:
            counts = await submit(i)
            assert counts
            done += 1

    async def watch() -> None:
        nonlocal lag
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            lag = max(lag, time.perf_counter() - began - 0.001)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0.01)
    began = time.perf_counter()
    await asyncio.gather(*[client() for _ in range(clients)])
    took = time.perf_counter() - began
    await asyncio.sleep(0.002)  # a last look
    watcher.cancel()
    assert done == jobs
    return {"jobs_per_second": jobs / took, "loop_lag_seconds": lag}


def awaited(name: str, rounds: int) -> dict[str, Any]:
    """Peers know no futures: their runs are handed to the loop's default executor."""
    jobs, clients = (10_000, 256) if name == "ketch" else (1_000, 64)
    texts = [simulators.ansatz(5, 10, structure=i, angles=i) for i in range(STRUCTURES)]
    if name == "ketch":
        import ketch

        circuits = [ketch.Circuit(simulators.qasm(gates, 5)) for gates in texts]
        session = simulators.shared_session()

        async def submit(i: int) -> object:
            return (await session.run_async(circuits[i % STRUCTURES], shots=100, seed=i)).counts
    else:
        runs = [simulators.prepare(name, gates, 5, 1) for gates in texts]

        async def submit(i: int) -> object:
            return await asyncio.get_running_loop().run_in_executor(None, runs[i % STRUCTURES], i, 100)

    async def main() -> tuple[list[dict[str, float]], list[int]]:
        measured, memory = [], []
        for _ in range(rounds + 1):
            measured.append(await awaited_once(submit, jobs, clients))
            gc.collect()
            memory.append(resident())
        return measured[1:], memory[1:]

    measured, memory = asyncio.run(main())
    return {
        "jobs": jobs,
        "structures": STRUCTURES,
        "clients": clients,
        "jobs_per_second": max(one["jobs_per_second"] for one in measured),
        "loop_lag_seconds": min(one["loop_lag_seconds"] for one in measured),
        "memory_growth_bytes": memory[-1] - memory[len(memory) // 2],
        "rounds": rounds,
    }


# ── processes: pools of each start method after the parent has simulated ──


def work(arguments: tuple[str, int]) -> Any:
    name, seed = arguments
    run = simulators.prepare(name, simulators.ansatz(16, 4), 16, 2)
    counts = run(seed, 100)
    return sorted(counts.items()) if hasattr(counts, "items") else None


def processes(name: str, rounds: int) -> dict[str, Any]:
    here = [work((name, seed)) for seed in range(4)]  # on two threads: OpenMP has been at work
    found: dict[str, Any] = {}
    for method in ("fork", "forkserver", "spawn"):
        began = time.perf_counter()
        same = hung = 0
        for _ in range(rounds if not hung else 0):
            pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method))
            futures = [pool.submit(work, (name, seed)) for seed in range(4)]
            try:
                same += [future.result(timeout=30) for future in futures] == here
                pool.shutdown()
            except TimeoutError:
                hung += 1
                for process in list(pool._processes.values()):
                    process.kill()
                pool.shutdown(wait=False, cancel_futures=True)
                break
        found[method] = {"rounds": rounds, "same_bytes": same, "hung": hung, "seconds": time.perf_counter() - began}
    return found


ROWS = {"threads": threads, "gil": gil, "call": call, "awaited": awaited, "processes": processes}


def main() -> None:
    row, name, *rest = sys.argv[1:]
    rounds = int(rest[0]) if rest else 5
    print(
        json.dumps({"row": row, "simulator": name, "version": simulators.version(name), **ROWS[row](name, rounds)}),
        flush=True,
    )
    if row == "processes":
        os._exit(0)  # a peer's pool that hung would hold up the end


if __name__ == "__main__":
    main()

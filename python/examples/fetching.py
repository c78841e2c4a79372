# SPDX-License-Identifier: Apache-2.0
"""Fetches circuits over HTTP and simulates those that have come while the others are on their way.

The server, on this machine, answers each request after a while, as one far away would. Fetching and simulating one
circuit is a coroutine; awaiting them all is the whole program.
"""

from __future__ import annotations

import asyncio
import pathlib
import time
from collections.abc import Iterable

import ketch

CIRCUITS = pathlib.Path(__file__).parents[2] / "circuits"
DELAY = 0.1  # seconds


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serves one file: enough of HTTP/1.0 for this example."""
    request = await reader.readuntil(b"\r\n\r\n")
    path = CIRCUITS / pathlib.PurePosixPath(request.split()[1].decode()).name
    await asyncio.sleep(DELAY)
    head = "HTTP/1.0 200 OK" if path.is_file() else "HTTP/1.0 404 Not Found"
    writer.write(
        f"{head}\r\nContent-Type: text/plain\r\n\r\n".encode() + (path.read_bytes() if path.is_file() else b"")
    )
    await writer.drain()
    writer.close()


async def fetch(host: str, port: int, name: str) -> str:
    """The text behind http://host:port/name."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET /{name} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    status = head.decode().splitlines()[0].partition(" ")[2]
    if status != "200 OK":
        raise FileNotFoundError(f"{name}: {status}")
    return body.decode()


async def fetch_and_run(session: ketch.Session, host: str, port: int, name: str) -> dict[str, int]:
    """The counts of a circuit that lies elsewhere."""
    text = await fetch(host, port, name)
    result = await session.run_async(text, shots=100, seed=1)
    return result.counts


async def run_all(names: Iterable[str]) -> dict[str, dict[str, int]]:
    """The counts of each circuit, all under way at once."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server:
        with ketch.Session() as session:
            chosen = list(names)
            counts = await asyncio.gather(*(fetch_and_run(session, host, port, name) for name in chosen))
    return dict(zip(chosen, counts, strict=True))


if __name__ == "__main__":
    start = time.perf_counter()
    found = asyncio.run(
        run_all(["bell.qasm", "ghz.qasm", "grover.qasm", "shor15.qasm", "teleport.qasm", "w_state.qasm"])
    )
    for name, counts in found.items():
        print(f"{name:<16} {counts}")
    print(f"{len(found)} circuits, each {DELAY} s away: {time.perf_counter() - start:.2f} s")

"""Clients that take their time keep a socket for a while and nobody from being answered."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from kb.api.app import create_app
from kb.api.serving.server import Server
from kb.settings import read_settings

T = TypeVar("T")
# Far beyond what anything here may take, and short enough to be told from waiting for ever.
PATIENCE = 60
QUERY = json.dumps({"query": "{ __typename }"}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nHost: kb\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
WHOLE = HEAD % len(QUERY) + b"\r\n" + QUERY


@pytest.fixture(scope="module")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Where a server listens that waits a second for its clients."""
    path = tmp_path_factory.mktemp("slow") / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    settings = read_settings({"KB_DATABASE_URL": f"sqlite:///{path}", "KB_CLIENT_TIMEOUT_S": "1"})
    begun = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(create_app(settings), settings, begun.set)
        # Signals are the main thread's.
        server.capture_signals = suppress  # type: ignore[method-assign,assignment]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert begun.wait(PATIENCE)
        yield listener.getsockname()[:2]
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


def bounded(work: Awaitable[T]) -> T:
    async def main() -> T:
        return await asyncio.wait_for(work, PATIENCE)

    return asyncio.run(main())


async def talk(address: tuple[str, int], sent: bytes, more: bytes = b"") -> bytes:
    """All that comes back until the server ends the connection, which the client does not. `more` is sent after an answer."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(sent)
    try:
        answered = await reader.readuntil(b"}") if more else b""
        writer.write(more)
        return answered + await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def ask(address: tuple[str, int]) -> bytes:
    return await talk(address, WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))


def test_whoever_does_not_finish_a_head_is_hung_up_on(address: tuple[str, int]) -> None:
    async def main() -> list[bytes]:
        begun = [talk(address, sent) for sent in (b"", b"POST /gra", HEAD % 10)]
        return await asyncio.gather(*begun, talk(address, WHOLE, HEAD % 10))

    *first, second = bounded(main())
    assert first == [b""] * 3
    assert second.startswith(b"HTTP/1.1 200 ")


def test_whoever_does_not_finish_a_body_is_told_so(address: tuple[str, int]) -> None:
    answered = bounded(talk(address, HEAD % 1_000 + b"\r\n" + QUERY))
    assert answered.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"BAD_REQUEST"' in answered


def test_many_slow_clients_keep_nobody_from_being_answered(address: tuple[str, int]) -> None:
    async def drip() -> bytes:
        """A byte at a time, for as long as the server listens."""
        reader, writer = await asyncio.open_connection(*address)
        writer.write(HEAD % 100_000 + b"\r\n")
        reading = asyncio.ensure_future(reader.read())
        while not reading.done():
            writer.write(b" ")
            await asyncio.sleep(0.05)
        writer.close()
        return reading.result() if reading.exception() is None else b""

    async def main() -> tuple[list[bytes], bytes]:
        # More than there are threads.
        slow = [asyncio.ensure_future(drip()) for _ in range(40)]
        quick = asyncio.ensure_future(ask(address))
        done, _ = await asyncio.wait([quick, *slow], return_when=asyncio.FIRST_COMPLETED)
        assert quick in done
        return await asyncio.gather(*slow), await quick

    slow, quick = bounded(main())
    assert quick.startswith(b"HTTP/1.1 200 ")
    assert all(each.startswith(b"HTTP/1.1 408 ") for each in slow)


def test_whoever_does_not_read_the_answer_is_hung_up_on(address: tuple[str, int]) -> None:
    part = "a: eventTypes { name label description cameo plover }"
    query = json.dumps({"query": "{" + " ".join(f"o{n}: ontology {{ {part} }}" for n in range(50)) + "}"}).encode()

    async def main() -> None:
        connection = socket.create_connection(address)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        sent = (HEAD % len(query) + b"\r\n" + query) * 60
        try:
            # Asks and asks and never reads: answers fill what the system keeps for the connection, and then the server's memory.
            await loop.sock_sendall(connection, sent)
            while True:
                await loop.sock_sendall(connection, b"\r\n")
                await asyncio.sleep(0.05)
        except (ConnectionResetError, BrokenPipeError):
            pass
        finally:
            connection.close()

    bounded(main())
    assert bounded(ask(address)).startswith(b"HTTP/1.1 200 ")

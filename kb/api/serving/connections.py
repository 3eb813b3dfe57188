"""Connections that do not wait for ever, for the rest of a request's head or for a client to read its answer, and that send the
head of an answer together with its body.

uvicorn limits only how long a connection may lie idle between requests. Whoever sends a head a byte at a time, or never reads,
keeps a connection and what is to be sent over it; as many as the server takes would keep everybody else out.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, Protocol, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

# How uvicorn's head of an answer begins and ends.
_BEGIN: Final = b"HTTP/1.1 "
_END: Final = b"\r\n\r\n"


class _Flow(Protocol):
    write_paused: bool


class _Cycle(Protocol):
    response_complete: bool


class _Connection(Protocol):
    """What is relied on of uvicorn's protocols, whose classes do not declare it in common."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    flow: _Flow
    cycle: _Cycle | None
    timeout_keep_alive_task: asyncio.TimerHandle | None


def patient_protocol(seconds: float) -> type[asyncio.Protocol]:
    """uvicorn's protocol for HTTP, which breaks a connection off that stood still for `seconds` and at most twice as long."""

    class PatientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(_Gathering(transport))
            connection = cast("_Connection", self)
            connection.loop.call_later(seconds, _look, connection, seconds, None)

    return PatientProtocol


class _Gathering:
    """A transport that keeps the head of an answer for the moment it takes until the body is there: uvicorn writes one after the
    other, and sending either costs as much as making a small answer."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Sends data; a head alone not before what else this turn of the event loop has to say."""
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.writelines((head, data))
        elif data.startswith(_BEGIN) and data.endswith(_END):
            self._head = data
            asyncio.get_running_loop().call_soon(self._flush)
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Sends what is left, and ends."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.write(head)


def _look(connection: _Connection, seconds: float, before: tuple[Any, ...] | None) -> None:
    transport = connection.transport
    # A WebSocket has limits of its own.
    if transport.is_closing() or cast("object", transport.get_protocol()) is not connection:
        return
    state = _standstill(connection)
    if state is not None and (state == before or (before is None and state[0] is None)):
        transport.abort()
        return
    connection.loop.call_later(seconds, _look, connection, seconds, state or ())


def _standstill(connection: _Connection) -> tuple[Any, ...] | None:
    """What would be the same again if nothing moved until the next look; None where the client is not waited for."""
    if connection.flow.write_paused:
        return ("answer", connection.transport.get_write_buffer_size())
    cycle = connection.cycle
    waits = cycle is None or cycle.response_complete
    # Between two requests uvicorn's own timer runs, until the first byte of the next one.
    return (cycle and id(cycle),) if waits and connection.timeout_keep_alive_task is None else None

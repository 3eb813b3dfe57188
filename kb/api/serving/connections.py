"""Connections that do not wait for ever: for the rest of a request's head, or for a client to read its answer.

uvicorn limits only how long a connection may lie idle between requests. Whoever sends a head a byte at a time, or never reads,
keeps a connection and what is to be sent over it; as many as the server takes would keep everybody else out.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol


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
            super().connection_made(transport)
            connection = cast("_Connection", self)
            connection.loop.call_later(seconds, _look, connection, seconds, None)

    return PatientProtocol


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

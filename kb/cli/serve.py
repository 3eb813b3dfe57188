"""`kb serve`: the GraphQL API and its pages on a port of this machine."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from kb.cli.output import say, write_json
from kb.errors import UsageError


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as JSON on stdout.")] = False,
) -> None:
    """Serve GraphQL with GraphiQL at /graphql until Ctrl-C."""
    import uvicorn

    from kb.api.app import create_app
    from kb.settings import read_settings

    served = create_app(read_settings())
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}/graphql"
    say(f"serving {address} (Ctrl-C stops)")
    if as_json:
        write_json({"graphql": address})
    try:
        uvicorn.Server(uvicorn.Config(served, log_level="warning", access_log=False)).run(sockets=[listener])
    except KeyboardInterrupt:
        # Ctrl-C is how a server is meant to be stopped.
        say("stopped")
    finally:
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"cannot listen on {host} port {port}: {reason}; choose others with --host and --port") from error
    return listener

"""`kb serve`: the GraphQL API and its pages on a port of this machine."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print an error at the start as JSON on stdout too.")] = False,
) -> None:
    """Serve GraphQL with GraphiQL at /graphql until Ctrl-C."""
    from kb.api.serve import serve as serve_until_stopped
    from kb.settings import read_settings

    # Errors are what there is to print, and the entry point prints them.
    _ = as_json
    serve_until_stopped(read_settings(), host, port)

"""`kb serve`: the GraphQL API and its pages on a port of this machine."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that answer (default: KB_SERVE_WORKERS, or 1).")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print an error at the start as JSON on stdout too.")] = False,
) -> None:
    """Serve GraphQL with GraphiQL at /graphql until Ctrl-C."""
    from dataclasses import replace

    from kb.api.serving.serve import serve as serve_until_stopped
    from kb.ingest.inlet import Inlet
    from kb.settings import read_settings

    # Errors are what there is to print, and the entry point prints them.
    _ = as_json
    settings = read_settings()
    if workers is not None:
        settings = replace(settings, serving=replace(settings.serving, workers=workers))
    serve_until_stopped(settings, host, port, Inlet)

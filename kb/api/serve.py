"""Runs the application under uvicorn."""

from __future__ import annotations

import copy
import logging
import socket
from contextlib import suppress
from typing import Any, Final

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from kb.api.app import create_app
from kb.errors import UsageError
from kb.settings import Settings

_log: Final = logging.getLogger("kb.api")
# Requests under way get this long to finish after a signal.
_GRACE_SECONDS: Final = 10


def _log_config() -> dict[str, Any]:
    """uvicorn's own, with everything on stderr: stdout is for data."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    config["loggers"]["kb"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return config


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{host}:{port} cannot be listened on ({reason}); choose another with --host and --port") from None
    return listener


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serves until SIGINT or SIGTERM, then finishes the requests under way and closes the database.

    Raises UsageError where the address is taken and StorageError where the database cannot be reached, before listening.
    """
    # The address first: once the database is open, only the application's own end closes it.
    with _bind(host, port) as listener:
        config = uvicorn.Config(
            create_app(settings),
            host=host,
            port=port,
            log_config=_log_config(),
            timeout_graceful_shutdown=_GRACE_SECONDS,
            server_header=False,
        )
        shown = f"[{host}]" if ":" in host else host
        _log.info("serving http://%s:%s (GraphiQL at /graphql); Ctrl+C ends it", shown, listener.getsockname()[1])
        # uvicorn raises the signal again once it has shut down.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])

"""Serves the application on an address of this machine."""

from __future__ import annotations

import logging
import socket
from typing import Final

from kb.api.serving.logs import configure_logs
from kb.api.serving.server import OpensInlet, answer_on
from kb.api.serving.workers import Workers
from kb.errors import UsageError
from kb.settings import Settings
from kb.storage.session import Database

_log: Final = logging.getLogger("kb.api")
_UNREAD_MILLISECONDS: Final = 60_000


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Whoever is sent a close frame and does not even read that keeps its connection open; the system ends it in time.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MILLISECONDS)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{host}:{port} cannot be listened on ({reason}); choose another with --host and --port") from None
    return listener


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 8000, open_inlet: OpensInlet | None = None) -> None:
    """Serves until SIGINT or SIGTERM, then finishes the requests under way and closes the database. Articles can be handed in
    where `open_inlet` says how they are read; worker processes import it.

    With `settings.serving.workers` above 1, as many processes answer. Raises UsageError where the address is taken and
    StorageError where the database cannot be reached, before listening.
    """
    configure_logs(settings.log.format, settings.log.level)
    # The address first: once the database is open, only the application's own end closes it.
    with _bind(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        where = f"http://{shown}:{listener.getsockname()[1]}"

        def tell() -> None:
            _log.info("serving %s (GraphiQL at /graphql); Ctrl+C ends it", where)

        if settings.serving.workers == 1:
            answer_on(listener, settings, tell, open_inlet)
            return
        # Said here and once, before each worker would say it.
        Database.open(settings.database_url, read_only=True).dispose()
        Workers(settings, listener, tell, open_inlet).run()

"""Which other sites' pages may read answers: none, unless the settings name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

_SENT: Final = ("Authorization", "Content-Type", "If-None-Match", "X-Request-Id")
_SHOWN: Final = ("ETag", "Retry-After", "X-KB-Way", "X-Request-Id")
_DAY: Final = 86_400


def allow_origins(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """`app`, whose answers pages of these origins may read; the same where there are none.

    Cookies are not sent along: whoever asks is known by a token that the page has.
    """
    if not origins:
        return app
    return CORSMiddleware(
        app, allow_origins=origins, allow_methods=("GET", "POST"), allow_headers=_SENT, expose_headers=_SHOWN, max_age=_DAY
    )

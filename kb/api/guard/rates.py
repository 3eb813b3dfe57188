"""How many points a caller may spend in a minute.

Each has a bucket that holds a minute's worth and fills as time passes. A request is answered while there is anything in it, and
its price is taken out, into debt if need be: so the dearest operation that is allowed at all can always be asked for, and is
waited for afterwards. Buckets are this process's own. Libraries for limits count requests in windows of time, in memory that
grows with the callers; a price is known only when the request has been read, and an attacker has as many addresses as they like.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kb.api.errors import RateError

_MINUTE: Final = 60.0
# About 200 bytes each. A bucket that is forgotten was used least recently: it has filled up meanwhile, or nearly.
_KEPT: Final = 50_000
# What one subscriber to IPv6 is given at the least.
_IPV6_PREFIX: Final = 64


@dataclass(slots=True)
class _Bucket:
    left: float
    seen: float


class Rates:
    """The buckets of all callers; `points` a minute for each. Safe to share between threads."""

    def __init__(self, points: int, clock: Callable[[], float] = time.monotonic, kept: int = _KEPT) -> None:
        self._points = points
        self._clock = clock
        self._kept = kept
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, caller: str) -> None:
        """Raises RateError where the caller has spent everything."""
        with self._lock:
            left = self._bucket(caller).left
        if left <= 0:
            wait = max(1, math.ceil((1 - left) * _MINUTE / self._points))
            raise RateError(
                wait,
                f"you have spent the {self._points} points that you have in a minute; go on in {wait} s, or ask for less at once",
            )

    def charge(self, caller: str, points: int) -> None:
        """Takes what a request costs out of the caller's bucket."""
        with self._lock:
            self._bucket(caller).left -= points

    def __len__(self) -> int:
        return len(self._buckets)

    def _bucket(self, caller: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = _Bucket(self._points, now)
            if len(self._buckets) > self._kept:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(caller)
            bucket.left = min(self._points, bucket.left + (now - bucket.seen) * self._points / _MINUTE)
            bucket.seen = now
        return bucket


@lru_cache(maxsize=4_096)
def name_of_address(host: str | None) -> str | None:
    """Under which name an address has its bucket: IPv6 by the network that its holder has. None for this machine itself."""
    if host is None:
        return None
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return None if address.is_loopback else str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
        address = address.ipv4_mapped
    return None if address.is_loopback else str(address)

"""What is found out about a request before it is answered, however it came: who asks, what they mean, and on which terms."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from kb.api.auth import Gate
from kb.api.errors import UnauthenticatedError
from kb.api.guard.persisted import Library
from kb.api.guard.rates import Rates, name_of_address
from kb.api.guard.terms import Terms
from kb.domain.access import Caller
from kb.settings import LimitSettings
from kb.storage.session import Database

# What a minute allows where the settings say nothing: a dozen of the dearest operations, or thousands of common ones.
_POINTS_A_MINUTE = 600_000
_LOCAL = "local"
# Of those who send tokens that are none: guessing takes a look into the database each time.
_WRONG_TOKEN_POINTS = 100
# Reading what was sent is work too, if there is much of it.
_BYTES_A_POINT = 5_000


class Guest(NamedTuple):
    """Who asks, on which terms they are answered, and the name of their bucket; None where they have none."""

    caller: Caller
    terms: Terms
    key: str | None = None


class Reception:
    """Shared by all ways in which requests come. Blocks the thread, as it may look into the database; safe to share."""

    def __init__(self, database: Database, gate: Gate, limits: LimitSettings) -> None:
        self.library = Library(database, only=limits.persisted_only)
        self._gate = gate
        self._terms = Terms(limits.max_cost, limits.introspection)
        # Where nobody decided on a limit, this machine's own programs have none.
        self._spares_local = limits.rate_limit is None
        points = _POINTS_A_MINUTE if limits.rate_limit is None else limits.rate_limit
        self._rates = Rates(points) if points else None

    def admit(self, authorization: str | None, host: str | None, size: int = 0) -> Guest:
        """Who sends a request of `size` bytes from the address `host`, with this Authorization header.

        Raises UnauthenticatedError where nobody is meant (any more), RateError where everything is spent.
        """
        rates, address = self._rates, self._name(host)
        if rates is None or address is None:
            return Guest(self._gate.admit(authorization), self._terms)
        rates.check(address)
        try:
            caller = self._gate.admit(authorization)
        except UnauthenticatedError:
            rates.charge(address, _WRONG_TOKEN_POINTS)
            raise
        key = caller.key or address
        if key is not address:
            rates.check(key)
        if size >= _BYTES_A_POINT:
            rates.charge(key, size // _BYTES_A_POINT)
        return Guest(caller, replace(self._terms, charge=partial(rates.charge, key), check=partial(rates.check, key)), key)

    def check(self, guest: Guest) -> None:
        """For those who stay and ask again: raises RateError where everything is spent."""
        if self._rates is not None and guest.key is not None:
            self._rates.check(guest.key)

    def _name(self, host: str | None) -> str | None:
        """Under which name an address has its bucket; None where it has none."""
        return name_of_address(host) or (None if self._spares_local else _LOCAL)

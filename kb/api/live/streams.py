"""What the connections that stay have in common, whichever way they came."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Final

from kb.api.auth import Gate, save_use
from kb.api.desk import Desk
from kb.api.guard.reception import Guest, Reception
from kb.api.live.leases import Leases
from kb.api.live.polling import ChangeFeed
from kb.api.live.subscriptions import Subscriptions
from kb.api.request import GraphQLRequest
from kb.api.serving.lifecycle import Lifecycle
from kb.api.serving.metrics import Metrics
from kb.settings import StreamSettings
from kb.storage import changes
from kb.storage.session import Database


class Streams:
    """Connections of one application. Only for the thread of the event loop."""

    def __init__(
        self,
        database: Database,
        reception: Reception,
        gate: Gate,
        desk: Desk,
        lifecycle: Lifecycle,
        metrics: Metrics,
        settings: StreamSettings,
    ) -> None:
        self.settings: Final = settings
        self.lifecycle: Final = lifecycle
        self._feed: Final = ChangeFeed(database, settings.poll_ms / 1000)
        self.leases: Final = Leases(database, settings.recheck_s)
        self.subscriptions: Final = Subscriptions(database, reception, self._feed, metrics)
        self._database = database
        self._reception = reception
        self._gate = gate
        self._desk = desk
        self._open = 0
        lifecycle.on_stop(self._feed.close)

    @property
    def stopping(self) -> bool:
        """Whether streams break off because the server ends, and not because there is no more to come."""
        return self._feed.closed

    @property
    def count(self) -> int:
        """How many are open."""
        return self._open

    def enter(self, stack: ExitStack) -> bool:
        """Whether one more may stay; it counts until the stack is closed."""
        if self._open >= self.settings.most:
            return False
        self._open += 1
        stack.callback(self._leave)
        return True

    def _leave(self) -> None:
        self._open -= 1

    async def subscribes(self, request: GraphQLRequest) -> bool:
        """Whether the request is for a subscription; of one that cannot be read, no."""
        return await self._feed.ask(partial(self.subscriptions.is_subscription, request))

    async def admit(self, authorization: str | None, host: str | None) -> tuple[Guest, str]:
        """Who connects, and where the sequence of changes stands; raises KbError where nobody is let in."""
        return await self._feed.ask(partial(self._admit, authorization, host))

    def _admit(self, authorization: str | None, host: str | None) -> tuple[Guest, str]:
        guest = self._reception.admit(authorization, host)
        token = guest.caller.token
        if token is not None and self._gate.is_news(token):
            save_use(self._desk, token)
        with self._database.reader() as session:
            return guest, str(changes.lookup_last_change(session))

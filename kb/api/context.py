"""What resolvers of one request share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import strawberry

from kb.api.auth import require
from kb.api.loaders import Loaders
from kb.domain.access import Caller, Role
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.api.desk import Desk, Work
    from kb.api.reading import Reading
    from kb.domain.posted import Intake, PostedArticle


_UNCHANGEABLE: Final = "nothing can be changed here; send mutations to `kb serve` or run them with `kb query`"


@dataclass(slots=True)
class Context:
    """One request: who asks, its read session, opened when first used, the loaders over it, and where mutations are done."""

    reading: Reading
    loaders: Loaders
    request_id: str
    caller: Caller
    desk: Desk | None = None
    # Where a client says that a stream broke off; it counts more than what the subscription's own arguments say.
    resume: str | None = None

    def curate(self, mutation: str, given: Mapping[str, object], key: str | None, work: Work) -> tuple[str, ...]:
        """Does a curator's work; returns the ids that its answer is made from. What is read from then on shows what was done.

        Raises ForbiddenError where the caller is no curator.
        """
        require(self.caller, Role.CURATOR)
        if self.desk is None:
            raise UsageError(_UNCHANGEABLE)
        ids = self.desk.carry_out(self.caller, mutation, given, key, work)
        self._renew()
        return ids

    def take_in(self, mutation: str, given: Mapping[str, object], key: str | None, posted: PostedArticle) -> Intake:
        """Takes an article in for a curator. What is read from then on shows it.

        Raises ForbiddenError where the caller is no curator.
        """
        require(self.caller, Role.CURATOR)
        if self.desk is None:
            raise UsageError(_UNCHANGEABLE)
        intake = self.desk.take_in(self.caller, mutation, given, key, posted)
        self._renew()
        return intake

    def _renew(self) -> None:
        self.reading.renew()
        self.loaders = Loaders(self.reading)


Info: TypeAlias = strawberry.Info[Context, None]

"""What commands that decide something share: who decides, why, and one transaction for the decision and all that follows."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kb.registry.groupers import Groupers
    from kb.storage.session import Session

Author = Annotated[str | None, typer.Option("--by", help="Who decides (default: the user of this machine).")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the decision.")]


def author_or_user(by: str | None) -> str:
    """Who decides, as it is kept on record."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


@contextmanager
def open_for_curation() -> Iterator[tuple[Session, Groupers]]:
    """A session that writes and what groups claims anew; all of it is saved at the end, or nothing."""
    from kb.registry.groupers import open_groupers
    from kb.settings import read_settings
    from kb.storage.session import Database

    settings = read_settings()
    database = Database.open(settings.database_url)
    try:
        groupers = open_groupers(settings)
        with database.transaction() as session:
            yield session, groupers
    finally:
        database.dispose()

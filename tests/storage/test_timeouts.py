"""Statements that take too long are stopped, and what comes after them works."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from kb.errors import TimeLimitError
from kb.storage.session import Database

# Long enough to be sure, and what bounds the test where nothing stops it.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT max(i) FROM n"


@pytest.fixture
def hasty(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url, read_only=True, timeout_s=0.5)
    yield opened
    opened.dispose()


def test_what_takes_too_long_is_stopped(hasty: Database) -> None:
    def ask() -> None:
        with hasty.reader() as session:
            with pytest.raises(TimeLimitError) as caught:
                session.execute(text(ENDLESS))
            assert caught.value.code == "TIMEOUT"
            # All that follows in the same view says the same, ...
            with pytest.raises(TimeLimitError):
                session.execute(text(ENDLESS))
        with hasty.reader() as session:
            # ... and the next one has all its time.
            assert session.execute(text("SELECT 1")).scalar() == 1

    async def main() -> None:
        await asyncio.wait_for(asyncio.to_thread(ask), 60)

    asyncio.run(main())


def test_past_sqlalchemy_too(hasty: Database) -> None:
    def ask() -> None:
        with hasty.reader() as session:
            driver = session.connection().connection.driver_connection
            assert driver is not None
            driver.cursor().execute(ENDLESS)

    with pytest.raises(TimeLimitError):
        ask()


def test_without_a_limit_none_is_kept(database: Database) -> None:
    with database.reader() as session:
        counted = session.execute(text(ENDLESS.replace("2000000000", "200000"))).scalar()
    assert counted == 200_000

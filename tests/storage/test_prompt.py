"""Statements that an event loop runs side by side on PostgreSQL: few at once, none stuck behind others, none lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from kb.errors import StorageError
from kb.storage.select.prompt import NotPromptError, PromptExecution, open_prompt
from kb.storage.select.statement import Statement
from kb.storage.session import Database

PATIENCE = 60
QUICK = Statement("SELECT 1, $1::text", (("given", None),))
SLOW = Statement("SELECT 1, pg_sleep($1::float)::text", (("given", None),))
# How many of them PostgreSQL is at, itself counted.
CROWD = Statement(
    "SELECT 1, (SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_stat_activity%'"
    " AND datname = current_database())::text, pg_sleep($1::float)::text",
    (("given", None),),
)


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = Database.open(postgres_url, read_only=True)
    yield opened
    opened.dispose()


async def ask(execution: PromptExecution, statement: Statement, given: str | float) -> str:
    """The first root."""
    roots = await asyncio.wait_for(execution.run(statement, {"given": given}), PATIENCE)
    assert roots is not None
    return roots[0].decode()


@asynccontextmanager
async def crowded(execution: PromptExecution, count: int) -> AsyncIterator[list[asyncio.Task[str]]]:
    """While `count` statements are at it or wait for their turn, each for long."""
    tasks = [asyncio.create_task(ask(execution, SLOW, 30)) for _ in range(count)]
    await asyncio.sleep(0.5)
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.postgres
def test_quick_statements_take_turns_and_each_gets_its_own_answer(database: Database) -> None:
    async def main() -> None:
        execution = open_prompt(database)
        answers = await asyncio.gather(*(ask(execution, QUICK, f"number {n}") for n in range(200)))
        assert answers == [f"number {n}" for n in range(200)]
        crowds = await asyncio.gather(*(ask(execution, CROWD, 0.002) for _ in range(60)))
        assert max(map(int, crowds)) <= 4

    asyncio.run(main())


@pytest.mark.postgres
def test_a_quick_statement_is_not_stuck_behind_slow_ones(database: Database) -> None:
    async def main() -> None:
        execution = open_prompt(database)
        async with crowded(execution, 8):
            began = time.monotonic()
            assert await ask(execution, QUICK, "through") == "through"
            assert time.monotonic() - began < 20

    asyncio.run(main())


@pytest.mark.postgres
def test_who_gives_up_waiting_takes_nobodys_turn(database: Database) -> None:
    async def main() -> None:
        execution = open_prompt(database)
        async with crowded(execution, 30) as tasks:
            for task in tasks[10:]:
                task.cancel()
        answers = await asyncio.gather(*(ask(execution, QUICK, f"{n}") for n in range(50)))
        assert answers == [f"{n}" for n in range(50)]

    asyncio.run(main())


@pytest.mark.postgres
def test_a_wrong_statement_is_told_and_the_next_one_runs(database: Database) -> None:
    async def main() -> None:
        execution = open_prompt(database)
        wrong = Statement("SELECT 1, 1 / $1::int", (("given", None),))
        for _ in range(15):
            with pytest.raises(StorageError, match="division by zero"):
                await ask(execution, wrong, 0)
        assert await ask(execution, QUICK, "well") == "well"

    asyncio.run(main())


@pytest.mark.postgres
def test_after_connections_are_lost_others_are_opened(database: Database, postgres_url: str) -> None:
    other = Database.open(postgres_url)

    def end_connections() -> None:
        with other.reader() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )

    async def main() -> None:
        execution = open_prompt(database)
        assert await ask(execution, QUICK, "before") == "before"
        async with crowded(execution, 6) as tasks:
            await asyncio.to_thread(end_connections)
            results = await asyncio.wait_for(asyncio.gather(*tasks[:4], return_exceptions=True), PATIENCE)
            assert all(isinstance(each, NotPromptError) for each in results)
        assert await ask(execution, QUICK, "after") == "after"

    try:
        asyncio.run(main())
    finally:
        other.dispose()

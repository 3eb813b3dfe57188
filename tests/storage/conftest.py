from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.storage.session import Database


@pytest.fixture
def fresh_database(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Makes further databases of the same kind as `database`."""
    made: list[Database] = []
    urls: list[str] = []

    def make() -> Database:
        if database.dialect == "sqlite":
            path = tmp_path / f"other{len(made)}.db"
            path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
            url = f"sqlite:///{path}"
        else:
            url = request.getfixturevalue("postgres_cluster").lend()
            urls.append(url)
        made.append(Database.open(url))
        return made[-1]

    yield make
    for each in made:
        each.dispose()
    for url in urls:
        request.getfixturevalue("postgres_cluster").give_back(url)

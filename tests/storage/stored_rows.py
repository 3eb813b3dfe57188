"""All rows of a database but those that tell when something was done, to compare what two ways of ingesting leave."""

from __future__ import annotations

from sqlalchemy import select

from kb.storage.session import Database
from kb.storage.tables import METADATA

OF_THE_MOMENT = {"change", "ingest_run", "ingest_failure", "api_token", "answered", "retraction"}
COLUMNS_OF_THE_MOMENT = {("fact", "recorded_at"), ("article", "run_id"), ("search_document", "id")}


def list_rows(database: Database) -> dict[str, list[tuple[str, ...]]]:
    rows = {}
    with database.reader() as session:
        for table in METADATA.sorted_tables:
            if table.name not in OF_THE_MOMENT:
                columns = [column for column in table.c if (table.name, column.name) not in COLUMNS_OF_THE_MOMENT]
                rows[table.name] = sorted(tuple(map(str, row)) for row in session.execute(select(*columns)))
    return rows

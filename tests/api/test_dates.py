"""How much of a date the text fixes is shown beside it, from the claim to its event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kb.api.run import execute
from kb.domain.claim import DatePrecision
from kb.storage.claims import list_block_closure
from kb.storage.session import Database
from kb.storage.writer import save_events, save_extraction
from tests.storage.synthetic import block_keys, extraction, group


@pytest.mark.parametrize("precision", DatePrecision)
def test_a_claim_and_its_event_say_how_much_of_their_date_is_fixed(database: Database, precision: DatePrecision) -> None:
    given = extraction("One", [("Russia", "attacked", "Ukraine")])
    (claim,) = (replace(each, date=date(2022, 2, 1), date_precision=precision) for each in given.claims)
    with database.transaction() as session:
        save_extraction(session, replace(given, claims=(claim,)), None, block_keys([claim]))
        (event,) = group(list_block_closure(session, [claim.id]))
        save_events(session, [replace(event, date_precision=precision)])
    answer = execute(database, "{ claims { nodes { date datePrecision event { date datePrecision } } } }")
    shown = {"date": "2022-02-01", "datePrecision": precision.name}
    assert answer["data"] == {"claims": {"nodes": [shown | {"event": shown}]}}

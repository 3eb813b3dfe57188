"""Which claims tell of one occurrence: by what they say when read, and whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.domain.claim import Argument, Claim, DatePrecision, Modality, Role
from kb.domain.event import DatedClaim, Event
from kb.domain.span import Span
from kb.registry.groupers import GroupsClaims, open_groupers
from kb.resolve.events import EventGrouper
from kb.settings import read_settings
from tests.reading import read

_START = date(2022, 2, 21)


@cache
def grouper() -> GroupsClaims:
    return open_groupers(read_settings()).events


@dataclass(frozen=True, slots=True)
class Report:
    """One text, with the day after `_START` on which it was published and by whom."""

    text: str
    day: int | None = 0
    publisher: str | None = None


def claims_of(reports: Sequence[Report]) -> list[DatedClaim]:
    found: list[DatedClaim] = []
    for report in reports:
        published = None if report.day is None else _START + timedelta(days=report.day)
        found.extend(read(report.text, published, report.publisher).dated_claims())
    return found


def events_of(type_: str, *reports: Report) -> list[Event]:
    return [event for event in grouper().group_claims(claims_of(reports)) if event.type == type_]


@pytest.mark.parametrize(
    ("type_", "first", "second"),
    [
        ("recognised", Report("Russia recognised Abkhazia on Monday."), Report("Abkhazia was recognised by Russia.", 1)),
        ("recognised", Report("Vladimir Putin recognised Abkhazia."), Report("Russia recognised Abkhazia on Monday.", 1)),
        ("recognised", Report("Moscow recognised Abkhazia."), Report("The Russian president recognised Abkhazia.", 2)),
        ("recognised", Report("Russia recognised Abkhazia."), Report("Georgia said that Russia recognised Abkhazia.", 1)),
        ("recognised", Report("Russia will recognise Abkhazia."), Report("Russia recognised Abkhazia.", 1)),
        ("met", Report("Joe Biden met Xi Jinping on Monday."), Report("Xi Jinping met Joe Biden in Bali.", 1)),
        ("condemned", Report("Iran condemned Israel."), Report("Iran condemned Israel, it was reported.", None)),
    ],
)
def test_two_reports_of_one_occurrence(type_: str, first: Report, second: Report) -> None:
    (event,) = events_of(type_, first, second)
    assert len(event.article_ids) == 2
    assert event.source_count == 2


@pytest.mark.parametrize(
    ("type_", "first", "second"),
    [
        # Another day, another week, another partner, another direction, another deed.
        ("met", Report("Joe Biden met Xi Jinping on Monday."), Report("Joe Biden met Xi Jinping on Monday.", 7)),
        ("met", Report("Joe Biden met Xi Jinping."), Report("Joe Biden met Xi Jinping.", 30)),
        ("met", Report("Joe Biden met Xi Jinping on 3 May 2019."), Report("Joe Biden met Xi Jinping on 9 May 2019.", 1)),
        ("met", Report("Joe Biden met Xi Jinping."), Report("Joe Biden met Viktor Orban.", 1)),
        ("attacked", Report("Azerbaijan attacked Armenia."), Report("Armenia attacked Azerbaijan.")),
        ("recognised", Report("Russia recognised Abkhazia."), Report("Russia recognised South Ossetia.", 1)),
        ("condemned", Report("Iran condemned Israel."), Report("Syria condemned Israel.")),
    ],
)
def test_two_occurrences(type_: str, first: Report, second: Report) -> None:
    events = events_of(type_, first, second)
    assert [len(event.article_ids) for event in events] == [1, 1]


def test_articles_of_one_publisher_are_one_source() -> None:
    same = [Report("Russia recognised Abkhazia.", day, "The Daily Planet") for day in (0, 1)]
    (event,) = events_of("recognised", same[0], Report("Abkhazia was recognised by Russia.", 1, "the daily planet"))
    assert (len(event.article_ids), event.source_count) == (2, 1)
    (event,) = events_of("recognised", same[0], Report("Abkhazia was recognised by Russia.", 1, "Gotham Gazette"))
    assert (len(event.article_ids), event.source_count) == (2, 2)


def test_what_happened_outranks_what_was_planned() -> None:
    (event,) = events_of("recognised", Report("Russia will recognise Abkhazia."), Report("Russia recognised Abkhazia.", 1))
    assert event.modality is Modality.ACTUAL


def test_the_most_exact_date_is_the_events() -> None:
    (event,) = events_of(
        "recognised",
        Report("Russia recognised Abkhazia in February 2022.", 3),
        Report("Russia recognised Abkhazia on Monday.", 3),
    )
    assert (event.date, event.date_precision) == (_START, DatePrecision.DAY)


def test_who_takes_part_is_named_as_the_reports_name_him() -> None:
    (event,) = events_of("recognised", Report("Vladimir Putin recognised Abkhazia."), Report("Russia recognised Abkhazia.", 1))
    assert set(event.subject_ids) == {"ent_Q7747", "ent_Q159"}


def test_a_reaction_leads_to_its_event_even_where_another_report_tells_that_better() -> None:
    reports = (
        Report("Russia recognised Abkhazia. Germany condemned the recognition."),
        Report("Russia recognised Abkhazia on Monday.", 1),
    )
    (recognised,) = events_of("recognised", *reports)
    (condemned,) = events_of("condemned", *reports)
    assert len(recognised.claim_ids) == 2
    assert condemned.about_event_ids == (recognised.id,)
    assert recognised.about_event_ids == ()


_ENTITIES = [f"ent_{letter}" for letter in "ABCD"]
_SYNTHETIC = EventGrouper({"ent_A": "ent_B"}, frozenset({"met"}))


@st.composite
def _claim_sets(draw: st.DrawFn) -> list[DatedClaim]:
    found = []
    for number in range(draw(st.integers(1, 9))):
        article = f"art_{draw(st.integers(0, 3))}"
        sides = [
            Argument(role, entity, None)
            for role in (Role.SUBJECT, Role.OBJECT)
            for entity in draw(st.lists(st.sampled_from(_ENTITIES), max_size=2, unique=True))
        ]
        day = draw(st.none() | st.integers(0, 20))
        claim = Claim(
            id=f"clm_{number}",
            article_id=article,
            type=draw(st.sampled_from(["met", "condemned"])),
            modality=draw(st.sampled_from(list(Modality))),
            arguments=tuple(sides),
            sentence=Span(number * 10, number * 10 + 5, "x" * 5),
            trigger=Span(number * 10, number * 10 + 5, "x" * 5),
            confidence=0.5,
            date=None if day is None else _START + timedelta(days=day),
            date_precision=None if day is None else draw(st.sampled_from(list(DatePrecision))),
            about_claim_id=f"clm_{draw(st.integers(0, number - 1))}" if number and draw(st.booleans()) else None,
        )
        published = draw(st.none() | st.integers(0, 25))
        found.append(DatedClaim(claim, None if published is None else _START + timedelta(days=published), article))
    return found


@settings(max_examples=120, deadline=None, derandomize=True)
@given(_claim_sets(), st.randoms(use_true_random=False))
def test_the_order_of_the_claims_makes_no_difference(claims: list[DatedClaim], random: object) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _SYNTHETIC.group_claims(shuffled) == _SYNTHETIC.group_claims(claims)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(_claim_sets())
def test_every_claim_is_in_exactly_one_event_of_its_type(claims: list[DatedClaim]) -> None:
    by_id = {dated.claim.id: dated for dated in claims}
    events = _SYNTHETIC.group_claims(claims)
    assert sorted(claim for event in events for claim in event.claim_ids) == sorted(by_id)
    assert len({event.id for event in events}) == len(events)
    for event in events:
        assert {by_id[claim].claim.type for claim in event.claim_ids} == {event.type}
        assert set(event.article_ids) == {by_id[claim].claim.article_id for claim in event.claim_ids}
        assert 1 <= event.source_count <= len(event.article_ids)
        assert event.id not in event.about_event_ids


def _hang_together(left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether two claims are reached from one another: by a key of both, or by `<x` of the one and `>x` of the other."""
    turned = {key.translate(str.maketrans("<>", "><")) for key in left if key[0] in "<>"}
    return bool({key for key in left & right if key[0] not in "<>"} or turned & right)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(_claim_sets())
def test_claims_of_one_event_hang_together_by_their_keys(claims: list[DatedClaim]) -> None:
    keys = {dated.claim.id: _SYNTHETIC.block_keys(dated) for dated in claims}
    for event in _SYNTHETIC.group_claims(claims):
        reached = set(event.claim_ids[:1])
        while more := {c for c in keys if c not in reached and any(_hang_together(keys[c], keys[r]) for r in reached)}:
            reached |= more
        assert reached >= set(event.claim_ids)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(_claim_sets())
def test_grouping_what_hangs_together_is_grouping_everything(claims: list[DatedClaim]) -> None:
    """The store regroups only the claims that it reaches by keys; that must not change what comes out."""
    keys = {dated.claim.id: _SYNTHETIC.block_keys(dated) for dated in claims}
    parts: list[list[DatedClaim]] = []
    for dated in claims:
        touching = [part for part in parts if any(_hang_together(keys[dated.claim.id], keys[o.claim.id]) for o in part)]
        parts = [part for part in parts if part not in touching] + [[dated, *(other for part in touching for other in part)]]
    alone = {event.claim_ids: event.id for part in parts for event in _SYNTHETIC.group_claims(part)}
    assert alone == {event.claim_ids: event.id for event in _SYNTHETIC.group_claims(claims)}

"""What a string of characters can stand for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Gazetteer, NameUse, held, plain
from kb.domain.reference import Office, ReferenceEntity

_FRANCE = ReferenceEntity(
    key="fr",
    kind=EntityKind.COUNTRY,
    name="France",
    wikidata_id="Q142",
    names=("France", "French Republic"),
    acronyms=("FR",),
    demonyms=("French",),
    metonyms=("Paris", "Élysée"),
)
_PARIS = ReferenceEntity(key="paris", kind=EntityKind.REGION, name="Paris", wikidata_id="Q90", names=("Paris",))
_CIV = ReferenceEntity(key="ci", kind=EntityKind.COUNTRY, name="Côte d'Ivoire", wikidata_id="Q1008", names=("Côte d'Ivoire",))


def _person(key: str, name: str, since: int, until: int | None) -> ReferenceEntity:
    office = Office("president", "fr", date(since, 5, 16), date(until, 5, 15) if until else None)
    return ReferenceEntity(key=key, kind=EntityKind.PERSON, name=name, wikidata_id=None, names=(name,), offices=(office,))


_PEOPLE = (
    _person("sarkozy", "Nicolas Sarkozy", 2007, 2012),
    _person("hollande", "François Hollande", 2012, 2017),
    _person("macron", "Emmanuel Macron", 2017, None),
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer((_FRANCE, _PARIS, _CIV, *_PEOPLE), {"macron": ("Emanuel Makron",)})


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("France", [("fr", NameUse.NAME)]),
        ("FRANCE", [("fr", NameUse.NAME)]),
        ("french republic", []),
        ("French", [("fr", NameUse.DEMONYM)]),
        ("FRENCH", []),
        ("FR", [("fr", NameUse.ACRONYM)]),
        ("Fr", []),
        ("Paris", [("fr", NameUse.METONYM), ("paris", NameUse.NAME)]),
        ("Elysee", [("fr", NameUse.METONYM)]),
        ("Cote d’Ivoire", [("ci", NameUse.NAME)]),
        ("Macron", [("macron", NameUse.SURNAME)]),
        ("Hollande", [("hollande", NameUse.SURNAME)]),
        ("Francois  Hollande", [("hollande", NameUse.NAME)]),
        ("Emanuel Makron", [("macron", NameUse.NAME)]),
        ("Emmanuel", []),
        ("Atlantis", []),
        ("", []),
    ],
)
def test_what_a_surface_can_be(gazetteer: Gazetteer, surface: str, expected: list[tuple[str, NameUse]]) -> None:
    assert [(c.key, c.use) for c in gazetteer.candidates(surface)] == expected


@pytest.mark.parametrize(
    ("surface", "begins"),
    [
        ("French", True),
        ("Emmanuel", True),
        ("Cote d", True),
        ("Cote d'", True),
        ("EMMANUEL", True),
        ("Ivoire", False),
        ("X", False),
    ],
)
def test_whether_a_longer_name_begins_so(gazetteer: Gazetteer, surface: str, begins: bool) -> None:
    assert gazetteer.begins(surface) is begins


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2010, 1, 1), ("sarkozy",)),
        (date(2012, 5, 15), ("sarkozy",)),
        (date(2012, 5, 16), ("hollande",)),
        (date(2022, 2, 24), ("macron",)),
        (None, ("macron",)),
        (date(1990, 1, 1), ()),
    ],
)
def test_who_holds_an_office_on_a_day(gazetteer: Gazetteer, on: date | None, expected: tuple[str, ...]) -> None:
    assert gazetteer.holders(["president", "head of state"], "fr", on) == expected
    assert gazetteer.holders(["chancellor"], "fr", on) == ()
    assert gazetteer.holders(["president"], "de", on) == ()


@pytest.mark.parametrize(
    ("office", "on", "expected"),
    [
        (Office("president", "fr"), date(2022, 1, 1), True),
        (Office("president", "fr"), None, True),
        (Office("president", "fr", None, date(2000, 1, 1)), date(2000, 1, 1), True),
        (Office("president", "fr", None, date(2000, 1, 1)), date(2000, 1, 2), False),
        (Office("president", "fr", date(2000, 1, 1)), date(1999, 12, 31), False),
        (Office("president", "fr", date(2000, 1, 1), date(2001, 1, 1)), None, False),
    ],
)
def test_tenures_with_an_open_end(office: Office, on: date | None, expected: bool) -> None:
    assert held(office, on) is expected


@given(st.text(max_size=30))
def test_a_plain_name_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert plain(f" {text}  ") == plain(text)

"""The reference set: what it knows, that it hangs together, and what a broken one says."""

from __future__ import annotations

import json
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from kb.domain.entity import EntityKind
from kb.domain.reference import ReferenceEntity
from kb.errors import ConfigError
from kb.resolve.names import fold_name
from kb.resolve.reference import NOUNS, load_reference

REFERENCE = Path(__file__).parents[2] / "seeds" / "reference"


@pytest.fixture(scope="module")
def entities() -> dict[str, ReferenceEntity]:
    return {entity.key: entity for entity in load_reference(REFERENCE)}


@pytest.fixture(scope="module")
def by_name(entities: dict[str, ReferenceEntity]) -> dict[str, list[ReferenceEntity]]:
    found: dict[str, list[ReferenceEntity]] = {}
    for entity in entities.values():
        for name in {*entity.names, *entity.acronyms}:
            found.setdefault(name, []).append(entity)
    return found


@pytest.mark.parametrize(
    ("name", "key", "kind"),
    [
        ("Russia", "Q159", EntityKind.COUNTRY),
        ("Russian Federation", "Q159", EntityKind.COUNTRY),
        ("U.S.", "Q30", EntityKind.COUNTRY),
        ("UK", "Q145", EntityKind.COUNTRY),
        ("Britain", "Q145", EntityKind.COUNTRY),
        ("DRC", "Q974", EntityKind.COUNTRY),
        ("Denmark", "Q35", EntityKind.COUNTRY),
        ("Netherlands", "Q55", EntityKind.COUNTRY),
        ("Kosovo", "Q1246", EntityKind.COUNTRY),
        ("Palestine", "Q219060", EntityKind.COUNTRY),
        ("Soviet Union", "Q15180", EntityKind.COUNTRY),
        ("Yugoslavia", "Q36704", EntityKind.COUNTRY),
        ("Donetsk People's Republic", "Q16150196", EntityKind.REGION),
        ("Luhansk People's Republic", "Q16746854", EntityKind.REGION),
        ("Crimea", "Q7835", EntityKind.REGION),
        ("Hong Kong", "Q8646", EntityKind.REGION),
        ("Gaza Strip", "Q39760", EntityKind.REGION),
        ("Middle East", "Q7204", EntityKind.REGION),
        ("The West", "Q160381", EntityKind.REGION),
        ("Moscow", "Q649", EntityKind.REGION),
        ("Kiev", "Q1899", EntityKind.REGION),
        ("European Union", "Q458", EntityKind.ORGANISATION),
        ("UN Security Council", "Q37470", EntityKind.ORGANISATION),
        ("NATO", "Q7184", EntityKind.ORGANISATION),
        ("Hamas", "Q38799", EntityKind.ORGANISATION),
        ("Reuters", "Q130879", EntityKind.ORGANISATION),
        ("State Department", "Q789915", EntityKind.ORGANISATION),
        ("Pentagon", "Q11209", EntityKind.ORGANISATION),
        ("Vladimir Putin", "Q7747", EntityKind.PERSON),
        ("Volodymyr Zelenskyy", "Q3874799", EntityKind.PERSON),
        ("Colin Powell", "Q150851", EntityKind.PERSON),
        ("Dominique de Villepin", "Q131660", EntityKind.PERSON),
        ("Emmanuel Macron", "Q3052772", EntityKind.PERSON),
        ("Iraqi parliament", "Q1973075", EntityKind.ORGANISATION),
        ("Kenyan parliament", "Q14468380", EntityKind.ORGANISATION),
        ("Knesset", "Q133396", EntityKind.ORGANISATION),
        ("Abkhazia", "Q23334", EntityKind.REGION),
        ("Western Sahara", "Q6250", EntityKind.REGION),
        ("Suva", "Q38807", EntityKind.REGION),
        ("Seattle", "Q5083", EntityKind.REGION),
        ("Angela Merkel", "Q567", EntityKind.PERSON),
        ("Mahmoud Abbas", "Q127998", EntityKind.PERSON),
        ("Lindsey Graham", "Q22212", EntityKind.PERSON),
        ("Ariel Sharon", "Q60206", EntityKind.PERSON),
        ("Saddam", "Q1316", EntityKind.PERSON),
        ("British Columbia", "Q1974", EntityKind.REGION),
        ("Sinaloa", "Q80252", EntityKind.REGION),
        ("Manchester", "Q18125", EntityKind.REGION),
    ],
)
def test_a_name_of_the_news_leads_to_its_entity(
    by_name: dict[str, list[ReferenceEntity]], name: str, key: str, kind: EntityKind
) -> None:
    assert [(entity.key, entity.kind) for entity in by_name[name]] == [(key, kind)]


def test_every_sovereign_state_has_demonyms_and_a_seat(entities: dict[str, ReferenceEntity]) -> None:
    members = [entities[key] for key in entities["Q1065"].members]
    assert len(members) == 193
    assert [country.name for country in members if not country.demonyms] == []
    assert [country.name for country in members if country.capital is None] == []


@pytest.mark.parametrize(
    ("key", "forms"),
    [
        ("Q145", {"British", "Briton", "Britons"}),
        ("Q35", {"Danish", "Dane", "Danes"}),
        ("Q142", {"French", "Frenchman", "Frenchmen", "Frenchwoman"}),
        ("Q43", {"Turkish", "Turk", "Turks"}),
        ("Q36", {"Polish", "Pole", "Poles"}),
        ("Q55", {"Dutch", "Dutchman", "Dutchmen"}),
        ("Q159", {"Russian", "Russians"}),
        ("Q148", {"Chinese"}),
        ("Q219060", {"Palestinian", "Palestinians"}),
        ("Q160381", {"Western"}),
    ],
)
def test_irregular_and_plural_demonyms(entities: dict[str, ReferenceEntity], key: str, forms: set[str]) -> None:
    assert forms <= set(entities[key].demonyms)


@pytest.mark.parametrize(
    ("key", "metonyms"),
    [
        ("Q159", {"Kremlin", "Moscow"}),
        ("Q30", {"White House", "Washington"}),
        ("Q145", {"Downing Street", "London"}),
        ("Q142", {"Élysée", "Elysee Palace", "Paris"}),
        ("Q212", {"Kyiv", "Kiev"}),
        ("Q148", {"Beijing", "Peking"}),
        ("Q423", {"Pyongyang"}),
        ("Q458", {"Brussels"}),
    ],
)
def test_seats_of_power(entities: dict[str, ReferenceEntity], key: str, metonyms: set[str]) -> None:
    assert metonyms <= set(entities[key].metonyms)


def test_no_metonym_stands_for_two_states_of_today(entities: dict[str, ReferenceEntity]) -> None:
    owners: dict[str, set[str]] = {}
    for entity in entities.values():
        for metonym in entity.metonyms:
            owners.setdefault(fold_name(metonym), set()).add(entity.name)
    assert {metonym: names for metonym, names in owners.items() if len(names) > 1} == {}


def test_keys_point_to_entities(entities: dict[str, ReferenceEntity]) -> None:
    pointed = {
        key
        for entity in entities.values()
        for key in (entity.country, *entity.members, *(office.of for office in entity.offices))
        if key is not None
    }
    assert pointed - entities.keys() == set()
    assert {entities[key].kind for entity in entities.values() if (key := entity.country)} == {EntityKind.COUNTRY}


def test_a_wikidata_id_is_the_key_and_names_start_with_the_name(entities: dict[str, ReferenceEntity]) -> None:
    for entity in entities.values():
        assert entity.wikidata_id in (None, entity.key)
        assert entity.key.startswith("Q") == (entity.wikidata_id is not None)
        assert entity.names[0] == entity.name
        assert fold_name(entity.name)


HOMONYMS = {
    (EntityKind.COUNTRY, "congo"): {"Q971", "Q974"},
    (EntityKind.REGION, "new york"): {"Q60", "Q1384"},
    (EntityKind.REGION, "washington"): {"Q61", "Q1223"},
}
"""The names that two of one kind may bear, for articles mean either and say which by what else they speak of."""


def test_only_known_homonyms_of_one_kind_are_written_alike(entities: dict[str, ReferenceEntity]) -> None:
    owners: dict[tuple[EntityKind, str], set[str]] = {}
    for entity in entities.values():
        for name in entity.names:
            owners.setdefault((entity.kind, fold_name(name)), set()).add(entity.key)
    assert {name: keys for name, keys in owners.items() if len(keys) > 1} == HOMONYMS


def test_georgia_is_a_country_and_a_state(by_name: dict[str, list[ReferenceEntity]]) -> None:
    assert {(entity.key, entity.kind) for entity in by_name["Georgia"]} == {
        ("Q230", EntityKind.COUNTRY),
        ("Q1428", EntityKind.REGION),
    }


def test_no_further_name_of_a_person_or_body_is_the_own_name_of_a_country_or_large_city(
    entities: dict[str, ReferenceEntity],
) -> None:
    places = {
        fold_name(entity.name): entity.key
        for entity in entities.values()
        if entity.kind is EntityKind.COUNTRY or (entity.kind is EntityKind.REGION and entity.population >= 500_000)
    }
    others = [entity for entity in entities.values() if entity.kind in (EntityKind.PERSON, EntityKind.ORGANISATION)]
    assert [(entity.key, name) for entity in others for name in entity.names if fold_name(name) in places] == []


def test_offices_stand_in_the_order_of_their_beginnings(entities: dict[str, ReferenceEntity]) -> None:
    for entity in entities.values():
        since = [office.since or date.min for office in entity.offices]
        assert since == sorted(since), entity.name


def test_one_at_a_time_leads_a_state(entities: dict[str, ReferenceEntity]) -> None:
    terms: dict[tuple[str, str], list[tuple[date, date, str]]] = {}
    for entity in entities.values():
        for office in entity.offices:
            if office.title in ("president", "chancellor", "pope", "foreign minister") and office.since is not None:
                terms.setdefault((office.title, office.of), []).append((office.since, office.until or date.max, entity.name))
    together = {
        (left[2], right[2])
        for held in terms.values()
        for left, right in pairwise(sorted(held))
        # A source dates the end of a term by its last day or by the day the next one began.
        if (left[1] - right[0]).days > 31
    }
    assert together == DISPUTED


DISPUTED = {
    ("Laurent Gbagbo", "Alassane Ouattara"),
    ("Levy Mwanawasa", "Rupiah Banda"),
}
"""Two who held one office at a time: both claimed it, or one stood in for the other who was ill."""


def test_common_words_and_first_names_are_no_cities(by_name: dict[str, list[ReferenceEntity]]) -> None:
    for word in (
        "Of",
        "Reading",
        "Nice",
        "Mobile",
        "Split",
        "Bath",
        "Orange",
        "Victoria",
        "Charlotte",
        "Man",
        "Van",
        "Mary",
        "Male",
    ):
        assert by_name.get(word, []) == [], word
    assert [entity.country for entity in by_name["Santiago"]] == ["Q298"]


def test_every_origin_is_told_in_the_list_of_sources(entities: dict[str, ReferenceEntity]) -> None:
    told = (REFERENCE / "SOURCES.md").read_text(encoding="utf-8")
    origins = {origin for entity in entities.values() for origin in entity.origin.split(", ")}
    assert [origin for origin in sorted(origins) if f"`{origin}`" not in told] == []


def _holder(entities: dict[str, ReferenceEntity], title: str, of: str, day: date) -> list[str]:
    return [
        entity.name
        for entity in entities.values()
        for office in entity.offices
        if (office.title, office.of) == (title, of)
        and (office.since is None or office.since <= day)
        and (office.until is None or day < office.until)
    ]


@pytest.mark.parametrize(
    ("title", "of", "day", "name"),
    [
        ("president", "Q159", date(2010, 1, 1), "Dmitry Medvedev"),
        ("president", "Q159", date(2022, 2, 22), "Vladimir Putin"),
        ("president", "Q212", date(2022, 2, 22), "Volodymyr Zelenskyy"),
        ("president", "Q30", date(2022, 2, 22), "Joe Biden"),
        ("president", "Q30", date(2025, 6, 1), "Donald Trump"),
        ("prime minister", "Q145", date(2022, 2, 22), "Boris Johnson"),
        ("chancellor", "Q183", date(2022, 2, 22), "Olaf Scholz"),
        ("president", "Q142", date(2014, 1, 1), "François Hollande"),
        ("foreign minister", "Q159", date(2014, 3, 1), "Sergei Lavrov"),
        ("secretary of state", "Q30", date(2014, 3, 1), "John Kerry"),
        ("secretary-general", "Q1065", date(2012, 3, 1), "Ban Ki-moon"),
        ("secretary-general", "Q7184", date(2022, 2, 22), "Jens Stoltenberg"),
        ("president", "Q8880", date(2022, 2, 22), "Ursula von der Leyen"),
        ("president", "Q8880", date(1993, 2, 22), "Jacques Delors"),
        ("foreign minister", "Q142", date(2003, 3, 1), "Dominique de Villepin"),
        ("defence minister", "Q212", date(2014, 8, 1), "Valeriy Heletey"),
        ("president", "Q79", date(1979, 3, 26), "Anwar Sadat"),
        ("chancellor of the exchequer", "Q145", date(2022, 9, 23), "Kwasi Kwarteng"),
        ("secretary-general", "Q1065", date(1994, 4, 7), "Boutros Boutros-Ghali"),
        ("king", "Q145", date(2025, 1, 1), "Charles III"),
    ],
)
def test_who_held_an_office_on_a_day(entities: dict[str, ReferenceEntity], title: str, of: str, day: date, name: str) -> None:
    assert _holder(entities, title, of, day) == [name]


def test_terms_of_presidents_and_prime_ministers_end_after_they_began(entities: dict[str, ReferenceEntity]) -> None:
    for entity in entities.values():
        for office in entity.offices:
            assert office.since is None or office.until is None or office.since < office.until, entity.name


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for noun in NOUNS:
        shutil.copy(REFERENCE / f"{noun}.jsonl", tmp_path)
    return tmp_path


def test_a_missing_file_is_a_configuration_error_that_names_it(copy: Path) -> None:
    (copy / "people.jsonl").unlink()
    with pytest.raises(ConfigError, match=r"people\.jsonl"):
        load_reference(copy)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        '{"key": "Q1"}',
        '{"key": "x", "kind": "PLANET", "name": "X", "origin": "hand"}',
        '{"key": "x", "kind": "PERSON", "name": "X", "origin": "hand", "names": "Y"}',
        '{"key": "x", "kind": "PERSON", "name": "X", "origin": "hand", "nickname": "Y"}',
        '{"key": "x", "kind": "PERSON", "name": "X", "origin": "y", "offices": [{"title": "x", "of": "Q1", "since": "soon"}]}',
        '{"key": "x", "kind": "PERSON", "name": "X", "origin": "hand", "offices": {"title": "king"}}',
        '{"key": "x", "kind": "REGION", "name": "X", "origin": "hand", "population": "many"}',
        "",
    ],
)
def test_a_broken_line_is_a_configuration_error_with_its_number(copy: Path, line: str) -> None:
    path = copy / "bodies.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    number = len(path.read_text(encoding="utf-8").splitlines())
    with pytest.raises(ConfigError, match=rf"bodies\.jsonl, line {number}: "):
        load_reference(copy)


def test_a_key_used_twice_is_a_configuration_error(copy: Path) -> None:
    path = copy / "people.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[0]]) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=json.loads(lines[0])["key"]):
        load_reference(copy)


def test_an_empty_file_and_one_that_is_no_text_are_configuration_errors(copy: Path) -> None:
    (copy / "regions.jsonl").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"regions\.jsonl"):
        load_reference(copy)
    (copy / "regions.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"regions\.jsonl"):
        load_reference(copy)

"""The ontology: 28 event types with their codes, and what a broken file tells its editor."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.errors import ConfigError
from kb.ontology.check import list_problems
from kb.ontology.loader import load_ontology, read_ontology
from kb.settings import read_settings

# Roots of CAMEO as the annotation guidelines give them, by type.
_ROOTS = {
    "recognised": "05", "supported": "05", "signed_agreement_with": "05", "telephoned": "04", "met": "04", "mediated": "04",
    "negotiated_with": "04", "promised": "03", "appealed_to": "02", "demanded_from": "10", "cooperated_with": "06", "aided": "07",
    "yielded_to": "08", "investigated": "09", "condemned": "11", "accused": "11", "rejected": "12", "denied": "01",
    "warned": "13", "threatened": "13", "protested_against": "14", "deployed_forces_to": "15", "sanctioned": "16",
    "reduced_relations_with": "16", "coerced": "17", "attacked": "19", "occupied": "19", "stated_about": "01",
}  # fmt: skip


@pytest.fixture
def schema_dir(tmp_path: Path) -> Path:
    """A copy of schema/ that a test may break."""
    return Path(shutil.copytree(read_settings().schema_dir, tmp_path / "schema"))


def test_the_types_are_those_of_the_guidelines() -> None:
    assert {key: event_type.root for key, event_type in load_ontology().event_types.items()} == _ROOTS


def test_the_installed_ontology_is_sound() -> None:
    ontology = load_ontology()
    assert list_problems(ontology) == ()
    assert set(ontology.entity_types) == set(EntityKind)
    assert all(t.label and t.description and t.plover.isupper() for t in ontology.event_types.values())


def test_who_meets_whom_has_no_direction_but_who_attacks_whom_has() -> None:
    types = load_ontology().event_types
    assert types["met"].symmetric
    assert not types["attacked"].symmetric
    assert types["condemned"].speech
    assert not types["attacked"].speech


@pytest.mark.parametrize(
    ("event_type", "modality", "plover"),
    [
        ("aided", Modality.ACTUAL, "AID"),
        ("aided", Modality.PLANNED, "AGREE"),
        ("aided", Modality.REQUESTED, "REQUEST"),
        ("yielded_to", Modality.DENIED, "REJECT"),
        ("yielded_to", Modality.POSSIBLE, "CONCEDE"),
        ("attacked", Modality.PLANNED, "ASSAULT"),
        ("attacked", Modality.DENIED, "ASSAULT"),
        ("attacked", Modality.THREATENED, "THREATEN"),
        ("sanctioned", Modality.ACTUAL, "COERCE"),
        ("signed_agreement_with", Modality.ACTUAL, "SUPPORT"),
        ("occupied", Modality.ACTUAL, "COERCE"),
    ],
)
def test_plover_types_what_is_promised_asked_for_threatened_or_refused_as_such(
    event_type: str, modality: Modality, plover: str
) -> None:
    assert load_ontology().plover_type(event_type, modality) == plover


def test_plover_types_of_modalities_are_types_of_events_too() -> None:
    ontology = load_ontology()
    known = {each.plover for each in ontology.event_types.values()}
    assert {plover for types in ontology.plover_by_modality.values() for plover in types.values()} <= known


@pytest.mark.parametrize(("root", "plover", "part"), [("21", "AGREE", "'21'"), ("03", "agree", "'agree'")])
def test_a_type_of_a_modality_that_cannot_be_is_a_problem(root: str, plover: str, part: str) -> None:
    (problem,) = list_problems(replace(load_ontology(), plover_by_modality={Modality.PLANNED: {root: plover}}))
    assert part in problem


@pytest.mark.parametrize(
    ("identifier", "root", "part"),
    [("Dances", "04", "Dances"), ("dances-with", "04", "dances-with"), ("danced", "20", "CAMEO root 20")],
)
def test_a_type_that_cannot_be_is_a_problem(identifier: str, root: str, part: str) -> None:
    ontology = load_ontology()
    wrong = replace(ontology.event_types["met"], id=identifier, root=root)
    (problem,) = list_problems(replace(ontology, event_types={identifier: wrong}))
    assert part in problem


def test_a_kind_of_entity_that_nothing_describes_is_a_problem() -> None:
    ontology = load_ontology()
    kinds = dict(ontology.entity_types)
    del kinds[EntityKind.REGION]
    assert list_problems(replace(ontology, entity_types=kinds)) == ("entity kind REGION is not described",)


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / "ontology" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        (_edit("event_types.yaml", "label: recognised, ", ""), "label"),
        (_edit("entity_types.yaml", "PERSON", "PLANET"), "PLANET"),
        (_edit("plover_by_modality.yaml", "planned:", "rumoured:"), "rumoured"),
        (lambda folder: (folder / "ontology" / "predicates.yaml").unlink(), "predicates.yaml is missing"),
        (lambda folder: (folder / "ontology" / "event_types.yaml").write_text("{"), "event_types.yaml is no YAML"),
        (lambda folder: (folder / "ontology" / "event_types.yaml").write_text(""), "ontology"),
    ],
    ids=["no label", "unknown kind", "unknown modality", "missing", "no yaml", "empty"],
)
def test_a_broken_file_says_what_is_wrong(schema_dir: Path, edit: Callable[[Path], object], part: str) -> None:
    edit(schema_dir)
    with pytest.raises(ConfigError) as caught:
        read_ontology(schema_dir)
    assert part in caught.value.message

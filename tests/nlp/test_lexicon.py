"""The lexicons are data: what they can say, and what a broken one tells its editor."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kb.domain.claim import Modality
from kb.errors import ConfigError
from kb.nlp.lexicon import load_lexicon, read_lexicon
from kb.ontology.loader import load_ontology
from kb.settings import read_settings

Edit = Callable[[Path], object]


@pytest.fixture
def schema_dir(tmp_path: Path) -> Path:
    """A copy of schema/ that a test may break."""
    return Path(shutil.copytree(read_settings().schema_dir, tmp_path / "schema"))


def _change(name: str, change: Callable[[dict[str, object]], object]) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / "lexicon" / name
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(raw)
        path.write_text(yaml.safe_dump(raw), encoding="utf-8")

    return edit


def _add_type(raw: dict[str, object]) -> None:
    raw["types"]["danced_with"] = {"verbs": ["dance @with"], "nouns": []}  # type: ignore[index]


def _add_verb(entry: str) -> Callable[[dict[str, object]], object]:
    return lambda raw: raw["types"]["attacked"]["verbs"].append(entry)  # type: ignore[index]


@pytest.mark.parametrize(
    ("edit", "parts"),
    [
        (_change("triggers.yaml", _add_type), ["triggers.yaml", "danced_with"]),
        (_change("triggers.yaml", _add_verb("launch {fireworks} @at")), ["triggers.yaml", "attacked", "fireworks"]),
        (_change("triggers.yaml", _add_verb("@at")), ["triggers.yaml", "attacked", "@at"]),
        (_change("triggers.yaml", lambda raw: raw.pop("event_nouns")), ["lexicon", "event_nouns"]),
        (_change("roles.yaml", lambda raw: raw.pop("titles")), ["lexicon", "titles"]),
        (lambda folder: (folder / "lexicon" / "triggers.yaml").unlink(), ["triggers.yaml", "missing"]),
        (lambda folder: (folder / "lexicon" / "modality.yaml").unlink(), ["modality.yaml", "missing"]),
        (lambda folder: (folder / "lexicon" / "speech.yaml").write_text("verbs: [say"), ["speech.yaml", "no YAML"]),
        (lambda folder: (folder / "lexicon" / "speech.yaml").write_text("- say"), ["lexicon"]),
    ],
    ids=["type", "class", "no word", "no set", "no titles", "no triggers", "no modality", "no yaml", "no mapping"],
)
def test_a_broken_lexicon_says_what_is_wrong_where(schema_dir: Path, edit: Edit, parts: list[str]) -> None:
    edit(schema_dir)
    with pytest.raises(ConfigError) as caught:
        read_lexicon(schema_dir)
    assert all(part in caught.value.message for part in parts), caught.value.message
    assert "\n" not in caught.value.message or "no YAML" in caught.value.message


def test_a_set_that_no_file_has_is_an_error_of_configuration() -> None:
    with pytest.raises(ConfigError, match="no such set"):
        load_lexicon().modality["no such set"]


def test_the_installed_lexicon_has_words_for_every_type() -> None:
    triggers = load_lexicon().triggers
    frames = [frame for group in (triggers.verbs, triggers.nouns) for found in group.values() for frame in found]
    assert {frame.type for frame in frames} == set(load_ontology().event_types)
    assert triggers.complement_subject <= set(load_ontology().event_types)
    assert {frame.modality for frame in frames} - {None} <= {modality.value for modality in Modality}


def test_what_an_entry_says(schema_dir: Path) -> None:
    entry = "aim +off {ship} <REGION> @at,into =planned"
    _change("triggers.yaml", _add_verb(entry))(schema_dir)
    _change("triggers.yaml", _add_verb("opening salvo @on !"))(schema_dir)
    triggers = read_lexicon(schema_dir).triggers
    (frame,) = [f for f in triggers.verbs["aim"] if f.type == "attacked"]
    assert (frame.particle, frame.object_kind, frame.modality) == ("off", "REGION", "planned")
    assert (frame.prepositions, frame.no_object, frame.negated) == (frozenset({"at", "into"}), False, False)
    assert "warship" in frame.object_class or "ship" in frame.object_class
    (salvo,) = triggers.verbs["salvo"]
    assert (salvo.before, salvo.no_object) == ("opening", True)


def test_the_most_specific_entry_of_a_word_comes_first() -> None:
    frames = load_lexicon().triggers.verbs["withdraw"]
    assert [bool(f.object_class) for f in frames] == sorted((bool(f.object_class) for f in frames), reverse=True)

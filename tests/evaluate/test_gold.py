"""Gold files: what is read from them, and what is said of those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.errors import UsageError
from kb.evaluate.gold import GoldArticle, read_gold
from kb.ontology.loader import load_ontology

SEEDS = Path(__file__).resolve().parent.parent / "gold" / "seeds"
GOLD = """
article: {title: Summit, file: f1}
entities:
- {id: us, name: United States, type: COUNTRY, qid: Q30, mentions: [Washington], nominals: [the superpower], certainty: sure}
- {id: rebels, name: rebels in the east, type: ORGANISATION, qid: null, mentions: [], nominals: [separatists],
   certainty: debatable}
events:
- {id: e1, type: met, subject: [us], object: [], modality: planned, modality_also: [possible], attributed_to: [us],
   story: null, evidence: [They will meet.], certainty: sure}
- {id: e2, type: attacked, subject: [rebels], object: [us], modality: actual, attributed_to: [], date: null,
   evidence: [], certainty: debatable, story: s1}
"""


def read(folder: Path) -> tuple[GoldArticle, ...]:
    return read_gold(folder, load_ontology().event_types)


def test_a_gold_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(GOLD, "utf-8")
    (tmp_path / "floors.yaml").write_text("entities: 0.5", "utf-8")
    (gold,) = read(tmp_path)
    assert (gold.name, gold.file) == ("one", "f1")
    us, rebels = gold.entities
    assert (us.kind, us.wikidata_id, us.names, us.debatable) == (
        EntityKind.COUNTRY,
        "Q30",
        ("United States", "Washington"),
        False,
    )
    assert (rebels.wikidata_id, rebels.names, rebels.debatable) == (None, ("rebels in the east", "separatists"), True)
    met, attacked = gold.events
    assert met.modalities == {Modality.PLANNED, Modality.POSSIBLE}
    assert (met.subjects, met.objects, met.speakers, met.story, met.debatable) == (("us",), (), ("us",), None, False)
    assert (attacked.story, attacked.debatable, attacked.evidence) == ("s1", True, ())


def test_the_file_is_called_like_the_gold_where_gold_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(GOLD.replace(", file: f1", ""), "utf-8")
    assert read(tmp_path)[0].file == "one"


def test_the_gold_of_the_seeds_is_sound() -> None:
    gold = read(SEEDS)
    assert len(gold) == 5
    assert all(article.entities and article.events for article in gold)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type: met", "type: danced_with", "'danced_with'"),
        ("subject: [us]", "subject: [them]", "'them'"),
        ("attributed_to: [us]", "attributed_to: [them]", "'them'"),
        ("id: rebels", "id: us", "same id"),
        ("modality: planned", "modality: maybe", "'maybe'"),
        ("type: COUNTRY", "type: STATE", "'STATE'"),
        ("entities:", "people:", "'entities'"),
        ("object: [],", "", "'object'"),
        ("article: {title: Summit, file: f1}", "article: Summit", "article"),
        ("events:\n", "events: [\n", "no YAML"),
        (GOLD, "- a list", "no mapping"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOLD
    (tmp_path / "article.yaml").write_text(GOLD.replace(old, new), "utf-8")
    with pytest.raises(UsageError) as raised:
        read(tmp_path)
    assert str(tmp_path / "article.yaml") in raised.value.message
    assert said in raised.value.message


def test_a_file_that_is_no_text_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no YAML"):
        read(tmp_path)


def test_a_folder_without_gold_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "floors.yaml").write_text("entities: 0.5", "utf-8")
    with pytest.raises(UsageError, match="holds no gold"):
        read(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        read(tmp_path / "floors.yaml")

"""Reading with given entities: gold's names and nominals mean what gold says, and what stands on them follows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kb.domain.entity import EntityKind, MentionForm
from kb.evaluate.triples import Triple
from kb.learn.given import Given, resolve_given
from kb.learn.lessons import read_lessons
from kb.learn.marked import MarkedArticle
from kb.learn.prepare import count_claims
from kb.learn.trial import Entities, Trial, add_up, list_trials, read_by_rules
from kb.nlp.reader.antecedents import SIZES as LINKS
from kb.nlp.reader.columns import claim_columns
from kb.nlp.reader.network import Network
from kb.nlp.reader.participants import SIZES as PAIRS
from kb.nlp.reader.reader import Reader
from tests.reading import open_extractor

HEADER = "article:\n  file: one\n"


def mark(folder: Path, text: str, gold: str) -> MarkedArticle:
    """A gold file whose article lies elsewhere."""
    articles = folder / "texts"
    articles.mkdir()
    (articles / "one.txt").write_text(f"A headline\n20220224\n\n{text}\n", encoding="utf-8")
    (folder / "one.yaml").write_text(HEADER + gold, encoding="utf-8")
    extractor = open_extractor()
    (marked,) = read_lessons([folder], set(extractor.ontology.event_types), extractor.known_names, articles)
    return marked


def meant(given: Given) -> list[tuple[str, str]]:
    """(text, gold id or `?`) of each mention."""
    return [(m.text, given.ids.get(r, "?")) for m in given.resolved.mentions for r in m.referents]


def trials(marked: MarkedArticle) -> tuple[Trial, Trial]:
    found, given = list_trials(open_extractor(), marked)
    assert (found.entities, given.entities) == (Entities.FOUND, Entities.GIVEN)
    return found, given


UNKNOWABLE = """\
entities:
- {id: lantern, name: Lantern, type: PERSON, mentions: [the lantern], nominals: []}
- {id: harbour, name: Harbour, type: COUNTRY, mentions: [the harbour, The harbour], nominals: [the sandy place]}
events:
- {id: a, type: condemned, subject: [lantern], object: [harbour], modality: actual, evidence: []}
- {id: b, type: sanctioned, subject: [lantern], object: [harbour], modality: actual, evidence: []}
- {id: c, type: supported, subject: [harbour], object: [lantern], modality: actual, evidence: [], certainty: debatable}
"""


def test_given_names_are_read_where_rules_cannot_know_them(tmp_path: Path) -> None:
    text = "On Tuesday the lantern condemned the harbour. Later he sanctioned the sandy place. The harbour praised him."
    found, given = trials(mark(tmp_path, text, UNKNOWABLE))
    extractor = open_extractor()
    assert count_claims(found.article, read_by_rules(extractor, found)).precise == 0
    read = read_by_rules(extractor, given)
    assert read == {
        Triple("condemned", "lantern", "harbour"),
        Triple("sanctioned", "lantern", "harbour"),
        Triple("supported", "harbour", "lantern"),
    }
    # What gold holds for debatable counts neither for nor against.
    count = count_claims(given.article, read)
    assert (count.f1, count.found, count.wanted) == (1.0, 2, 2)
    assert add_up([count, count]).found == 4


KNOWN = """\
entities:
- {id: russia, name: Russia, type: COUNTRY, qid: Q159, mentions: [Russia], nominals: []}
- {id: moscow, name: Moscow, type: REGION, mentions: [Moscow], nominals: []}
- {id: maduro, name: Nicolas Maduro, type: PERSON, mentions: [Maduro], nominals: [President]}
- {id: crowd, name: protesters, type: ORGANISATION, mentions: [], nominals: [protesters]}
events: []
"""


def test_what_gold_does_not_list_is_found_as_ever_and_joins_what_is_given(tmp_path: Path) -> None:
    text = "Russian troops left Moscow while Protesters in France cheered. The protesters praised Maduro because they liked him."
    given = resolve_given(open_extractor(), mark(tmp_path, text, KNOWN))
    pairs = meant(given)
    # An adjective that gold doesn't list is Russia's all the same; France is nobody of the gold, and found.
    assert ("Russian", "russia") in pairs
    assert ("France", "?") in pairs
    # Rules would take the city for its state, or the state for the city, as the sentence goes; gold has said which.
    assert ("Moscow", "moscow") in pairs
    assert ("him", "maduro") in pairs
    assert {who for words, who in pairs if words.lower().endswith("protesters")} == {"crowd"}
    kinds = {given.ids.get(r.number): r.kind for r in given.resolved.referents}
    assert kinds["moscow"] is EntityKind.REGION


def test_a_title_before_a_name_is_nobody_elses(tmp_path: Path) -> None:
    text = "Maduro spoke in Caracas. President Emmanuel Macron answered. The President was angry."
    given = resolve_given(open_extractor(), mark(tmp_path, text, KNOWN))
    places = [(m.text, m.start, given.ids.get(m.referents[0], "?")) for m in given.resolved.mentions]
    first = given.resolved.parsed.article.text.index("President Emmanuel")
    assert not [each for each in places if each[1] == first and each[2] == "maduro"]
    assert ("President", "maduro") in [(words, who) for words, start, who in places if start > first]


SEVERAL = """\
entities:
- {id: ukraine, name: Ukraine, type: COUNTRY, qid: Q212, mentions: [Kyiv], nominals: []}
- {id: nato, name: NATO, type: ORGANISATION, mentions: [NATO], nominals: [NATO states]}
events: []
"""


def test_a_nominal_that_gold_gives_in_part_still_means_all(tmp_path: Path) -> None:
    given = resolve_given(open_extractor(), mark(tmp_path, "The demands were rejected by Kyiv and NATO states.", SEVERAL))
    (several,) = [m for m in given.resolved.mentions if m.form is MentionForm.NOMINAL]
    assert {given.ids[r] for r in several.referents} == {"ukraine", "nato"}


NOMINAL = """\
entities:
- {id: iran, name: Iran, type: COUNTRY, qid: Q794, mentions: [Iran], nominals: []}
- {id: police, name: police, type: ORGANISATION, mentions: [], nominals: [The police]}
- {id: students, name: students, type: ORGANISATION, mentions: [], nominals: [students]}
events: []
"""


def test_a_network_does_not_overrule_what_is_given(tmp_path: Path) -> None:
    _, given = trials(mark(tmp_path, "Iran was quiet on Monday. The police arrested students.", NOMINAL))
    stage = given.article.stage
    (police,) = [p for p, token in enumerate(stage.scene.row.tokens) if token.text == "police"]
    reader = _gullible()
    states = reader.states(stage.scene, stage.columns)
    meant_freely, _ = reader.list_possible(stage.scene, states)
    meant_as_given, _ = reader.list_possible(stage.scene, states, given.settled)
    assert [given.given[r] for r in meant_freely.at(police)] == ["iran"]
    assert [given.given[r] for r in meant_as_given.at(police)] == ["police"]


def _gullible() -> Reader:
    """An untrained reader, but for its belief that nobody is ever mentioned for the first time."""
    types = tuple(open_extractor().ontology.event_types.values())
    chance = np.random.default_rng(1)
    wide, narrow = 8, 4
    columns = claim_columns(len(types))

    def plain(*shape: int) -> np.ndarray:
        return chance.normal(scale=0.01, size=shape).astype(np.float32)

    weights = {f"columns.{n}": plain(*size) for n, size in enumerate(columns)}
    weights |= {f"pair.{n}": plain(*size) for n, size in enumerate(PAIRS.values())}
    weights |= {f"link.{n}": plain(*size) for n, size in enumerate(LINKS.values())}
    weights["types"] = plain(len(types), narrow)
    pairs, links = (sum(width for _, width in sizes.values()) for sizes in (PAIRS, LINKS))
    layers = {
        "project": (sum(width for _, width in columns) + 96, wide),
        **dict.fromkeys(("at_trigger", "at_head", "at_anaphor", "at_antecedent"), (wide, narrow)),
        "trigger.1": (wide, wide),
        "trigger.2": (wide, len(types) + 1),
        "role.1": (4 * narrow + pairs, wide),
        "role.2": (wide, 3),
        "same.1": (3 * narrow + links, wide),
        "same.2": (wide, 1),
        "new.1": (wide, wide),
        "new.2": (wide, 1),
    }
    for name, size in layers.items():
        weights[f"{name}.weight"], weights[f"{name}.bias"] = plain(*size), np.zeros(size[1], dtype=np.float32)
    weights["new.2.bias"] -= 20
    weights["normal.out.weight"], weights["normal.out.bias"] = np.ones(wide, dtype=np.float32), np.zeros(wide, dtype=np.float32)
    return Reader(Network(weights), None, types, {}, None)
